import type { Add, Command, Copy, Flag, Heredoc, Instruction, InstructionKind, NodeOf, Run } from '../ast/nodes.ts';
import type { Word } from '../ast/words.ts';
import { expand } from './expand.ts';
import { exposedPorts } from './exposed.ts';
import { durationText, quoted } from './go-format.ts';
import type { Model } from './index.ts';
import { environmentOf, type HealthcheckConfig } from './scope.ts';
import { type State, shellOf } from './state.ts';

/** An entry of an image's history: BuildKit's words for the step, and whether it makes a layer. */
export interface HistoryEntry {
  readonly text: string;
  readonly hasLayer: boolean;
}

/** What the instruction adds to the history; undefined for those that add nothing. */
export const historyOf = (model: Model, node: Instruction): HistoryEntry | undefined =>
  historyEntry(node, model.stateBefore(node), model.stateLeftBy(node));

/** As `historyOf`, from the states before and after the instruction. */
export const historyEntry = (node: Instruction, before: State, after: State): HistoryEntry | undefined => {
  const text = textOf(node.kind, node, before, after);
  return text === undefined ? undefined : { text, hasLayer: hasLayer(node, after) };
};

const hasLayer = ({ kind }: Instruction, { workdir }: State): boolean => {
  if (kind === 'Run' || kind === 'Copy' || kind === 'Add') return true;
  return kind === 'Workdir' && workdir !== '/';
};

const textOf = <K extends InstructionKind>(kind: K, node: NodeOf<K>, before: State, after: State): string | undefined =>
  TEXTS[kind]?.(node, before, after);

type Text<K extends InstructionKind> = (node: NodeOf<K>, before: State, after: State) => string;

const TEXTS: { readonly [K in InstructionKind]?: Text<K> } = {
  Run: (node, before) => runLine(node, before),
  Copy: (node, before) => copyLine(node, before),
  Add: (node, before) => copyLine(node, before),
  Env: (node, before) => pairsLine(node, before),
  Label: (node, before) => pairsLine(node, before),
  Arg: (node, _, after) => argLine(node, after),
  Workdir: ({ path }, _, { workdir }) => `WORKDIR ${workdir ?? path.raw}`,
  User: ({ user }, before) => `USER ${valueOf(user, before)}`,
  Volume: ({ paths }, before) => `VOLUME [${paths.map((path) => valueOf(path, before)).join(' ')}]`,
  Expose: (node, before) => `EXPOSE [${portsOf(node, before).join(' ')}]`,
  Stopsignal: ({ signal }, before) => `STOPSIGNAL ${valueOf(signal, before)}`,
  Cmd: (_node, _, { cmd }) => `CMD ${listText(cmd)}`,
  Entrypoint: (_node, _, { entrypoint }) => `ENTRYPOINT ${listText(entrypoint)}`,
  Shell: (_node, _, { shell }) => `SHELL [${shell?.join(' ') ?? ''}]`,
  Healthcheck: (_node, _, { healthcheck }) => `HEALTHCHECK ${healthcheckText(healthcheck)}`,
  Maintainer: ({ name }) => `MAINTAINER ${name.text}`,
};

/** The word with its variables expanded; as it is written where that is not known. */
const valueOf = (word: Word, state: State): string => expand(word.parts, environmentOf(state)).value ?? word.raw;

const listText = (argv: readonly string[] = []): string => `[${argv.map(quoted).join(' ')}]`;

// Variables ---------------------------------------------------------------------------------------------------------

const pairsLine = (node: NodeOf<'Env' | 'Label'>, state: State): string => {
  const pairs = node.pairs.map(({ key, value }) => `${valueOf(key, state)}=${valueOf(value, state)}`);
  return `${node.kind.toUpperCase()} ${pairs.join(' ')}`;
};

/** With the values that the build gives; an ARG that sets nothing is its name alone. */
const argLine = (node: NodeOf<'Arg'>, after: State): string => {
  const declared = node.declarations.map(({ name }) => {
    const binding = after.bindings.get(name.text);
    return binding?.node === node && binding.value !== undefined ? `${name.text}=${binding.value}` : name.text;
  });
  return `ARG ${declared.join(' ')}`;
};

/** What ARGs above in the stage, and in those that it is built on, give to a RUN. */
export const buildArgumentsAt = (model: Model, node: Instruction): readonly (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = [];
  const { bindings } = model.stateBefore(node);
  for (const [name, { value, by, node: setter }] of bindings) {
    if (by === 'arg' && setter?.kind === 'Arg' && value !== undefined) found.push([name, value]);
  }
  return found;
};

// RUN ---------------------------------------------------------------------------------------------------------------

const runLine = (node: Run, state: State): string =>
  `RUN ${[...argumentsText(state), ...runArguments(node, node.command, state)].join(' ')} # buildkit`;

/** `|N a=b …`: every ARG above and what its name stands for now, be that set by an ENV. */
const argumentsText = ({ args, bindings }: State): readonly string[] => {
  const texts = Array.from(args, ([name]) => `${name}=${bindings.get(name)?.value ?? ''}`);
  return texts.length > 0 ? [`|${texts.length}`, ...texts] : [];
};

const runArguments = (node: Run, command: Command, state: State): readonly string[] =>
  command.kind === 'ExecForm'
    ? command.elements.map(({ value }) => value)
    : [...shellOf(state), scriptFileOf(node)?.path ?? runText(node, command.text)];

/** The script that a shell is given: of `RUN <<EOF` the body, else the text with the bodies behind it. */
export const runText = (node: Instruction, text: string): string => {
  if (node.kind !== 'Run' || node.heredocs.length === 0) return text;
  const heredoc = onlyHeredoc(node);
  if (heredoc) return bodyOf(heredoc);
  return [text, ...node.heredocs.map(({ content, name }) => `${content}${name}`)].join('\n');
};

/** The program that `RUN <<EOF` makes of a body that begins with `#!`; BuildKit puts it there and runs it by its path. */
export const scriptFileOf = (node: Run): { readonly path: string; readonly content: string } | undefined => {
  const heredoc = onlyHeredoc(node);
  if (!heredoc?.content.startsWith('#!')) return undefined;
  return { path: `/dev/pipes/${heredoc.name}`, content: bodyOf(heredoc) };
};

/** The heredoc that is all that a RUN says. */
const onlyHeredoc = ({ heredocs, command }: Run): Heredoc | undefined => {
  const [heredoc, another] = heredocs;
  if (!heredoc || another || heredoc.start !== command.start || heredoc.end !== command.end) return undefined;
  return heredoc;
};

const bodyOf = ({ content, stripTabs }: Heredoc): string => (stripTabs ? content.replace(/^\t+/gm, '') : content);

// Files -------------------------------------------------------------------------------------------------------------

const COPY_FLAGS = ['chown', 'chmod'] as const;

const copyLine = (node: Copy | Add, state: State): string => {
  const words = [node.kind.toUpperCase()];
  if (node.kind === 'Copy' && node.flags.some(keepsParents)) words.push('--parents');
  for (const name of COPY_FLAGS) {
    const flag = node.flags.findLast((each) => each.name.text === name);
    const value = flag?.value && valueOf(flag.value, state);
    if (value) words.push(`--${name}=${value}`);
  }
  for (const source of node.sources) if (!source.heredoc) words.push(valueOf(source, state));
  for (const { heredoc } of node.sources) if (heredoc) words.push(`<<${heredoc.name}`);
  return `${[...words, valueOf(node.destination, state)].join(' ')} # buildkit`;
};

const keepsParents = ({ name, value }: Flag): boolean => name.text === 'parents' && value?.text !== 'false';

// Ports and checks --------------------------------------------------------------------------------------------------

// BuildKit sorts the words as they are written, before it knows what their variables hold.
const portsOf = (node: NodeOf<'Expose'>, state: State): readonly string[] => {
  const ports = node.ports.toSorted((a, b) => (a.raw < b.raw ? -1 : Number(a.raw > b.raw)));
  return exposedPorts({ ...node, ports }, state).flatMap(({ port }) =>
    typeof port === 'string' ? [] : port.ports.map((each) => `${each}/${port.protocol}`),
  );
};

const DURATIONS = ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const;

const healthcheckText = (config: HealthcheckConfig | undefined): string => {
  const durations = DURATIONS.map((name) => `${name}:${durationText(config?.[name] ?? 0)}`);
  return `{Test:[${config?.Test.join(' ') ?? ''}] ${durations.join(' ')} Retries:${config?.Retries ?? 0}}`;
};
