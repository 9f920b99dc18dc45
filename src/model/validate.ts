import type { Iechorfile, Instruction, SyntaxProblem } from '../ast/nodes.ts';

/** BuildKit's first reason to refuse the file as its reader words it, with `line N` where BuildKit names one. */
export const refusalOf = (file: Iechorfile): string | undefined => {
  const parse = file.problems.find(({ phase }) => phase === 'parse');
  if (parse) return parse.message;
  const semantic = file.problems.find(({ phase }) => phase === 'semantic');
  const stray = strayInstruction(file);
  if (stray && (!semantic || stray.end <= semantic.start)) return NO_STAGE;
  return semantic && `dockerfile parse error on line ${lineOf(semantic)}: ${semantic.message}`;
};

export const NO_STAGE = 'no build stage in current context';

const lineOf = ({ line }: SyntaxProblem): string => (line === undefined ? '?' : String(line));

/** The first instruction that stands before any FROM, where only ARG may stand. */
export const strayInstruction = (file: Iechorfile): Instruction | undefined => {
  const [first] = file.stages;
  if (!first || first.from) return undefined;
  const [instruction] = first.instructions;
  return instruction?.kind === 'Invalid' ? undefined : instruction;
};
