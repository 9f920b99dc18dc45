import type { Arg, Env, Flag, Instruction, Run } from '../ast/nodes.ts';
import type { Variable, Word, WordPart } from '../ast/words.ts';
import { type VariableUse, variablesOf } from '../shell/index.ts';
import type { Model } from './index.ts';
import type { Base, StageInfo } from './stages.ts';

/** The words of an instruction in which BuildKit puts in variables with the state before it; FROM is another matter. */
export const expandedWords = (node: Instruction): readonly Word[] => {
  switch (node.kind) {
    case 'Copy':
    case 'Add':
      return [
        ...flagWords(node.flags, ['chown', 'chmod', 'checksum']),
        ...node.sources.filter(({ heredoc }) => !heredoc),
        node.destination,
      ];
    case 'Env':
    case 'Label':
      return node.pairs.flatMap(({ key, value }) => [key, value]);
    case 'Arg':
      return node.declarations.flatMap((declaration) => declaration.default ?? []);
    case 'Run':
      return flagWords(node.flags, ['mount']);
    case 'Workdir':
      return [node.path];
    case 'User':
      return [node.user];
    case 'Stopsignal':
      return [node.signal];
    case 'Expose':
      return node.ports;
    case 'Volume':
      return node.paths;
    default:
      return [];
  }
};

const flagWords = (flags: readonly Flag[], names: readonly string[]): readonly Word[] => {
  const words: Word[] = [];
  for (const { name, value } of flags) if (value && names.includes(name.text)) words.push(value);
  return words;
};

/** Every variable in a word, those inside another's modifier included. */
export const variablesIn = ({ parts, text }: Word): readonly Variable[] => {
  if (text !== undefined) return [];
  const found: Variable[] = [];
  collect(parts, found);
  return found;
};

const collect = (parts: readonly WordPart[], found: Variable[]): void => {
  for (const part of parts) {
    if (part.kind === 'Quoted') collect(part.parts, found);
    if (part.kind !== 'Variable') continue;
    found.push(part);
    collect(part.word ?? [], found);
    collect(part.replacement ?? [], found);
  }
};

/** The variables that BuildKit puts into an instruction though nothing in the file sets them before it. */
export const unboundIn = (model: Model, node: Instruction): readonly Variable[] => {
  const variables: Variable[] = [];
  if (!model.file.text.slice(node.start, node.end).includes('$')) return variables;
  for (const { text, parts } of expandedWords(node)) if (text === undefined) collect(parts, variables);
  if (variables.length === 0) return [];
  const { bindings } = model.stateBefore(node);
  const unbound = variables.filter(({ name }) => NAME.test(name) && !bindings.has(name));
  return node.kind === 'Arg' && unbound.length > 0 ? withoutOwn(node, unbound) : unbound;
};

const NAME = /^[A-Za-z_]\w*$/;

/** An ARG sees those that stand left of it in the same instruction. */
const withoutOwn = ({ declarations }: Arg, unbound: readonly Variable[]): readonly Variable[] => {
  const ends = new Map<string, number>();
  for (const { name, end } of declarations) if (!ends.has(name.text)) ends.set(name.text, end);
  return unbound.filter(({ name, start }) => (ends.get(name) ?? start + 1) > start);
};

/** An ENV or ARG with the stage it stands in. */
export interface Setter {
  readonly node: Env | Arg;
  readonly stage: StageInfo;
}

/** What sets a name anywhere in the file. */
export interface Setters {
  /** The first in each stage. */
  readonly byStage: ReadonlyMap<StageInfo, Setter>;
  readonly firstEnv: Setter | undefined;
  readonly firstArg: Setter | undefined;
}

/** The names that a stage's instructions set, ENV and ARG alike. */
export const namesSetBy = (node: Instruction): readonly string[] => {
  if (node.kind === 'Env') return node.pairs.flatMap(({ key }) => key.text ?? []);
  return node.kind === 'Arg' ? node.declarations.map(({ name }) => name.text) : [];
};

interface GrowingSetters {
  readonly byStage: Map<StageInfo, Setter>;
  firstEnv: Setter | undefined;
  firstArg: Setter | undefined;
}

/** What sets each name in the stages of the file. */
export const settersIn = ({ stages }: Model): ReadonlyMap<string, Setters> => {
  const all = new Map<string, GrowingSetters>();
  for (const stage of stages) {
    for (const node of stage.node.instructions) {
      if (node.kind !== 'Env' && node.kind !== 'Arg') continue;
      for (const name of namesSetBy(node)) {
        const setter: Setter = { node, stage };
        const known: GrowingSetters = all.get(name) ?? {
          byStage: new Map<StageInfo, Setter>(),
          firstEnv: undefined,
          firstArg: undefined,
        };
        all.set(name, known);
        if (!known.byStage.has(stage)) known.byStage.set(stage, setter);
        if (node.kind === 'Env') known.firstEnv ??= setter;
        else known.firstArg ??= setter;
      }
    }
  }
  return all;
};

/** The variables that a RUN's script uses though neither it nor the file sets them; none where it may read them from elsewhere. */
export const unboundInScript = (model: Model, node: Run): readonly VariableUse[] => {
  const script = model.scriptOf(node);
  if (!script) return [];
  const { uses, assigned, opaque } = variablesOf(script);
  if (opaque || uses.length === 0) return [];
  const { bindings } = model.stateBefore(node);
  const own = new Set(assigned.map(({ name }) => name));
  for (const { fields } of model.mountsOf(node)) {
    for (const { key, value } of fields) if (key === 'env' && value) own.add(value);
  }
  return uses.filter(({ name }) => !bindings.has(name) && !own.has(name));
};

const BARE =
  /^(?:(?:docker\.io\/)?(?:library\/)?(?:almalinux|alpine|amazonlinux|busybox|centos|debian|oraclelinux|rockylinux|ubuntu)|gcr\.io\/distroless\/(?:static|base|cc)[\w-]*)(?:[:@]|$)/;

/** Whether the image is that of an operating system which sets no variable but PATH. */
export const setsOnlyPath = (base: Base): boolean =>
  base.kind === 'scratch' || (base.kind === 'image' && BARE.test(base.text));
