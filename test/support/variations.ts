import { parse } from '../../src/ast/create.ts';
import type { Iechorfile, Instruction, InstructionKind } from '../../src/ast/nodes.ts';
import { applyEdits } from '../../src/lint/fix.ts';
import { type Diagnostic, type Edit, insertBefore, type Range, replace } from '../../src/lint/index.ts';

/** The same file with `\r\n` line ends. */
export const withCrlf = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');

/** The same file with every keyword at the start of an instruction, and `AS`, in lower case. */
export const withLowerCase = (text: string): string =>
  applyEdits(text, parse(text).instructions.flatMap(keywordsOf).map(lowered(text)));

const keywordsOf = (node: Instruction): readonly Range[] => {
  if (node.kind === 'Onbuild') return [node.keyword, ...keywordsOf(node.trigger)];
  return node.kind === 'From' && node.as ? [node.keyword, node.as] : [node.keyword];
};

const lowered =
  (text: string) =>
  (range: Range): Edit =>
    replace(range, text.slice(range.start, range.end).toLowerCase());

const EARLIER_STAGE = 'FROM scratch AS earlier-stage\n';

/** The same file with a stage before its first, and where what stood there before begins; undefined without a FROM. */
export const withEarlierStage = (text: string): { readonly text: string; readonly from: number } | undefined => {
  const file = parse(text);
  const first = file.instructions.find(({ keyword }) => keyword.text.toLowerCase() === 'from');
  if (!first) return undefined;
  const start = text.lastIndexOf('\n', (first.comments[0] ?? first).start - 1) + 1;
  const edits = [insertBefore({ start, end: start }, EARLIER_STAGE), ...stageNumbersRaised(file)];
  return { text: applyEdits(text, edits), from: start + EARLIER_STAGE.length };
};

/** Stages are counted, so that `--from=0` has to become `--from=1` behind a new first stage. */
const stageNumbersRaised = (file: Iechorfile): readonly Edit[] => {
  const edits: Edit[] = [];
  for (const node of file.instructions) {
    const copy = node.kind === 'Onbuild' ? node.trigger : node;
    if (copy.kind !== 'Copy') continue;
    for (const { name, value } of copy.flags) {
      if (name.text !== 'from' || !value?.text || !/^\d+$/.test(value.text)) continue;
      edits.push(replace(value, String(Number(value.text) + 1)));
    }
  }
  return edits;
};

const NO_TRIGGER: ReadonlySet<InstructionKind> = new Set(['From', 'Maintainer', 'Onbuild', 'Invalid']);

/** The same file with the one instruction that is reported as a trigger; undefined when it is not one, or can be none. */
export const withOnbuild = (
  text: string,
  findings: readonly Diagnostic[],
): { readonly text: string; readonly trigger: Range } | undefined => {
  const file = parse(text);
  const owners = new Set(findings.map(({ range }) => ownerOf(range, file)));
  const [owner] = owners;
  if (owners.size !== 1 || !owner || NO_TRIGGER.has(owner.kind)) return undefined;
  return {
    text: applyEdits(text, [insertBefore(owner, 'ONBUILD ')]),
    trigger: { start: owner.start, end: owner.end + 'ONBUILD '.length },
  };
};

const ownerOf = ({ start, end }: Range, file: Iechorfile): Instruction | undefined =>
  file.instructions.find((node) => node.start <= start && end <= node.end);
