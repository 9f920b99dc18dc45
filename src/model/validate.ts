import type { Iechorfile, Instruction, SyntaxProblem } from '../ast/nodes.ts';
import type { Range } from '../source/range.ts';
import { graphRefusals } from './graph.ts';
import { globalScope, type Inputs, type Scope } from './scope.ts';
import { reachedFrom, type StageInfo, stagesOf, targetOf } from './stages.ts';

/** A file that BuildKit would build: each line is well-formed, every base has a name, every stage reference is resolved. */
export interface ValidFile {
  readonly kind: 'ValidFile';
  readonly file: Iechorfile;
  readonly globals: Scope;
  readonly stages: readonly StageInfo[];
}

/** Why a file cannot be built, and where. */
export interface Invalidity extends Range {
  readonly message: string;
}

/** What makes a tree buildable with these inputs, or everything that stands against it, in order of place. */
export const validate = (file: Iechorfile, inputs: Inputs = {}): ValidFile | readonly Invalidity[] => {
  const globals = globalScope(file, inputs);
  const stages = stagesOf(file, globals);
  const target = targetOf(stages, inputs.target);
  const stray = strayInstruction(file);
  const invalidities: Invalidity[] = [
    ...file.problems.filter(({ phase }) => phase !== 'trigger'),
    ...(stray ? [{ start: stray.start, end: stray.end, message: NO_STAGE }] : []),
    ...globals.errors.map(({ node, message }) => ({ start: node.start, end: node.end, message })),
    ...graphRefusals(stages, globals, target ? reachedFrom(target) : new Set()),
  ];
  if (stages.length === 0 && invalidities.length === 0) invalidities.push({ start: 0, end: 0, message: NO_STAGES });
  if (invalidities.length > 0) return invalidities.toSorted((a, b) => a.start - b.start);
  return { kind: 'ValidFile', file, globals, stages };
};

const NO_STAGE = 'no build stage in current context';
export const NO_STAGES = 'dockerfile contains no stages to build';

/** BuildKit's first reason to refuse the file as its reader words it, with `line N` where BuildKit names one. */
export const refusalOf = (file: Iechorfile): string | undefined => {
  const parse = file.problems.find(({ phase }) => phase === 'parse');
  if (parse) return parse.message;
  const semantic = file.problems.find(({ phase }) => phase === 'semantic');
  const stray = strayInstruction(file);
  if (stray && (!semantic || stray.end <= semantic.start)) return NO_STAGE;
  return semantic && `dockerfile parse error on line ${lineOf(semantic)}: ${semantic.message}`;
};

const lineOf = ({ line }: SyntaxProblem): string => (line === undefined ? '?' : String(line));

/** The first instruction that stands before any FROM, where only ARG may stand. */
const strayInstruction = (file: Iechorfile): Instruction | undefined => {
  const [first] = file.stages;
  if (!first || first.from) return undefined;
  const [instruction] = first.instructions;
  return instruction?.kind === 'Invalid' ? undefined : instruction;
};
