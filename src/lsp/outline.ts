import { type DocumentSymbol, type FoldingRange, FoldingRangeKind, SymbolKind } from 'vscode-languageserver/node';
import type { Instruction, Stage } from '../ast/nodes.ts';
import type { Range } from '../source/range.ts';
import { editorRange, positionOf } from './convert.ts';
import { endOf, type OpenFile } from './open-file.ts';

/** The stages with their instructions, and above them the arguments of the build. */
export const symbolsOf = (open: OpenFile): DocumentSymbol[] => [
  ...open.file.globals.map((node) => instructionSymbol(open, node)),
  ...open.file.stages.flatMap((stage) => stageSymbol(open, stage)),
];

const stageSymbol = (open: OpenFile, stage: Stage): readonly DocumentSymbol[] => {
  const children = stage.instructions.map((node) => instructionSymbol(open, node));
  const { from } = stage;
  if (!from) return children;
  const range = { start: stage.start, end: endOfStage(stage) };
  return [symbolOf(open, from.name?.text ?? from.image.raw, SymbolKind.Module, range, from, 'FROM', children)];
};

const endOfStage = ({ end, instructions }: Stage): number => Math.max(end, ...instructions.slice(-1).map(endOf));

const KINDS: Readonly<Partial<Record<Instruction['kind'], SymbolKind>>> = {
  Arg: SymbolKind.Variable,
  Env: SymbolKind.Constant,
  Copy: SymbolKind.File,
  Add: SymbolKind.File,
  Workdir: SymbolKind.Namespace,
  User: SymbolKind.Key,
  Label: SymbolKind.Property,
  Cmd: SymbolKind.Event,
  Entrypoint: SymbolKind.Event,
  Invalid: SymbolKind.Null,
};

const LONGEST = 60;

const instructionSymbol = (open: OpenFile, node: Instruction): DocumentSymbol => {
  const { keyword } = node;
  const text = open.file.text
    .slice(keyword.end, node.end)
    .replace(/[\\`]?\s*\n\s*/g, ' ')
    .trim();
  const name = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  const range = { start: node.start, end: endOf(node) };
  const kind = KINDS[node.kind] ?? SymbolKind.Method;
  return symbolOf(open, name || keyword.text, kind, range, node, keyword.text.toUpperCase(), []);
};

const symbolOf = (
  open: OpenFile,
  name: string,
  kind: SymbolKind,
  range: Range,
  selection: Range,
  detail: string,
  children: readonly DocumentSymbol[],
): DocumentSymbol => ({
  name,
  detail,
  kind,
  range: editorRange(open, range),
  selectionRange: editorRange(open, selection),
  children: [...children],
});

/** Stages, instructions and heredocs of several lines, and runs of comments. */
export const foldsOf = (open: OpenFile): FoldingRange[] => {
  const { stages, instructions } = open.file;
  const ranges = [
    ...stages.flatMap((stage) => (stage.from ? { start: stage.start, end: endOfStage(stage) } : [])),
    ...instructions.map((node) => ({ start: node.start, end: endOf(node) })),
    ...instructions.flatMap(({ heredocs }) =>
      heredocs.flatMap(({ body, terminator }) => ({ start: body.start, end: terminator?.start ?? body.end })),
    ),
  ];
  const folds = ranges.flatMap((range) => foldOf(open, range));
  return [...folds, ...commentFolds(open)];
};

const foldOf = (open: OpenFile, { start, end }: Range, kind?: FoldingRangeKind): readonly FoldingRange[] => {
  const startLine = positionOf(open, start).line;
  const endLine = positionOf(open, end).line;
  return endLine > startLine ? [{ startLine, endLine, ...(kind ? { kind } : {}) }] : [];
};

/** Comments on lines that follow each other. */
const commentFolds = (open: OpenFile): readonly FoldingRange[] => {
  const folds: FoldingRange[] = [];
  let block: Range | undefined;
  for (const comment of open.file.comments) {
    const between = block && open.file.text.slice(block.end, comment.start);
    const goesOn = block && between !== undefined && /^\r?\n[\t ]*$/.test(between);
    if (block && !goesOn) folds.push(...foldOf(open, block, FoldingRangeKind.Comment));
    block = { start: goesOn && block ? block.start : comment.start, end: comment.end };
  }
  return block ? [...folds, ...foldOf(open, block, FoldingRangeKind.Comment)] : folds;
};
