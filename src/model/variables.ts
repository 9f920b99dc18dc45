import type { Flag, Instruction, Run, Variable, Word, WordPart } from '../ast/nodes.ts';
import { type VariableUse, variablesOf } from '../shell/index.ts';
import type { Model } from './index.ts';
import type { Base } from './stages.ts';

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

const flagWords = (flags: readonly Flag[], names: readonly string[]): readonly Word[] =>
  flags.flatMap(({ name, value }) => (value && names.includes(name.text) ? [value] : []));

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
  const variables = expandedWords(node).flatMap((word) => variablesIn(word).filter(({ name }) => NAME.test(name)));
  if (variables.length === 0) return [];
  const { bindings } = model.stateBefore(node);
  return variables.filter(({ name, start }) => !bindings.has(name) && !isDeclaredBefore(node, name, start));
};

const NAME = /^[A-Za-z_]\w*$/;

/** An ARG sees those that stand left of it in the same instruction. */
const isDeclaredBefore = (node: Instruction, name: string, offset: number): boolean =>
  node.kind === 'Arg' &&
  node.declarations.some((declaration) => declaration.name.text === name && declaration.end <= offset);

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
  /^(?:docker\.io\/)?(?:library\/)?(?:almalinux|alpine|amazonlinux|busybox|centos|debian|oraclelinux|rockylinux|ubuntu)(?:[:@]|$)/;

/** Whether the image is that of an operating system which sets no variable but PATH. */
export const setsOnlyPath = (base: Base): boolean =>
  base.kind === 'scratch' || (base.kind === 'image' && BARE.test(base.text));
