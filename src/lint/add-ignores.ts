import { parse } from '../ast/create.ts';
import type { Comment, Iechorfile, Instruction } from '../ast/nodes.ts';
import type { Facts } from '../facts/index.ts';
import type { Document } from '../source/document.ts';
import type { Range } from '../source/range.ts';
import type { Diagnostic, Edit } from './diagnostic.ts';
import { indentOf, insertAfter, insertBefore, lineEndOf, linesOf } from './edits.ts';
import { applyEdits } from './fix.ts';
import { type Ignore, ignoresIn } from './ignores.ts';
import { lint } from './linter.ts';
import type { LintConfig } from './setting.ts';
import { NEVER_IGNORED } from './suppress.ts';

export interface IgnoredText {
  /** The new text, without byte order mark. */
  readonly text: string;
  /** How many comments were written or made longer. */
  readonly added: number;
  /** What no comment can leave out. */
  readonly diagnostics: readonly Diagnostic[];
}

/** With a comment, what is found may be found elsewhere. */
const MAX_ROUNDS = 3;

/** Writes a comment above each instruction that has findings, so that none is left; a document with a defect stays as it is. */
export const addIgnores = (document: Document, config: LintConfig, facts?: Facts): IgnoredText => {
  const isAbout = new Set(
    Array.from(config.rules.keys()).flatMap((rule) => (rule.tags?.includes('ignores') ? rule.name : [])),
  );
  let text = document.text;
  let added = 0;
  let diagnostics = lint(document, config, facts);
  for (let round = 0; round < MAX_ROUNDS && document.defect === undefined; round++) {
    const edits = ignoreEdits(
      parse(text),
      diagnostics.filter(({ rule }) => !NEVER_IGNORED.has(rule) && !isAbout.has(rule)),
    );
    if (edits.length === 0) break;
    text = applyEdits(text, edits);
    added += edits.length;
    diagnostics = lint({ ...document, text }, config, facts);
  }
  return { text, added, diagnostics };
};

/** A line above which names are to be ignored; undefined: in the whole file. */
type Owner = Instruction | Comment | undefined;

/** The comments that leave the findings out, each with the reason where one is given. */
export const ignoreEdits = (file: Iechorfile, diagnostics: readonly Diagnostic[], reason?: string): readonly Edit[] => {
  const names = new Map<Owner, Set<string>>();
  for (const { rule, range } of diagnostics) {
    const owner = ownerOf(file, range);
    const known = names.get(owner);
    if (known) known.add(rule);
    else names.set(owner, new Set([rule]));
  }
  const ignores = new Map(ignoresIn(file, {}).map((ignore) => [lineStart(file, ignore), ignore]));
  return Array.from(names, ([owner, rules]) => {
    const list = [...rules].sort().join(',');
    return owner ? ignoreAbove(file, ignores, owner, list, reason) : ignoreInFile(file, list, reason);
  });
};

const ownerOf = (file: Iechorfile, { start }: Range): Owner => {
  const node = file.instructions.findLast((each) => each.start <= start);
  if (node && start <= node.end) return node;
  const comment = file.comments.find((each) => each.start <= start && start <= each.end);
  return comment && file.instructions.some((each) => each.start > start) ? comment : undefined;
};

const lineStart = ({ text }: Iechorfile, { start }: Range): number => text.lastIndexOf('\n', start - 1) + 1;

/** Lengthens the comment that is there, or writes one; above a comment of hadolint, which counts for the next line alone. */
const ignoreAbove = (
  file: Iechorfile,
  ignores: ReadonlyMap<number, Ignore>,
  owner: Instruction | Comment,
  list: string,
  reason: string | undefined,
): Edit => {
  let at = lineStart(file, owner);
  for (;;) {
    const above = at === 0 ? undefined : ignores.get(lineStart(file, { start: at - 1, end: at - 1 }));
    const last = above?.scope === 'next' ? above.names.at(-1) : undefined;
    if (above?.tool === 'iechorlint' && last) return insertAfter(last, `,${list}`);
    if (above?.tool !== 'hadolint') break;
    at = lineStart(file, above);
  }
  const place = { start: at, end: at };
  return insertBefore(
    place,
    `${indentOf(file, owner)}# iechorlint ignore=${list}${ending(reason)}${lineEndOf(file, owner)}`,
  );
};

const ending = (reason: string | undefined): string => (reason === undefined ? '' : ` -- ${reason}`);

/** A comment for the whole file, below what has to stand at the top. */
export const ignoreInFile = (file: Iechorfile, list: string, reason?: string): Edit => {
  const { text, directives } = file;
  const head = directives.at(-1) ?? (text.startsWith('#!') ? { start: 0, end: 1 } : undefined);
  const at = head ? linesOf(file, head).end : 0;
  const lineEnd = lineEndOf(file, { start: 0, end: 0 });
  const isOpen = at > 0 && text[at - 1] !== '\n';
  return insertBefore(
    { start: at, end: at },
    `${isOpen ? lineEnd : ''}# iechorlint ignore-file=${list}${ending(reason)}${lineEnd}`,
  );
};
