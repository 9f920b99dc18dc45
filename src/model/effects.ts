import { readDuration } from '../ast/duration.ts';
import { flagValue } from '../ast/flag-value.ts';
import type { Command, Flag, Iechorfile, Instruction, InstructionKind, NodeOf } from '../ast/nodes.ts';
import type { Word } from '../ast/words.ts';
import { expand, expandWords } from './expand.ts';
import { readMount, targetProblem } from './mounts.ts';
import { joinPath } from './paths.ts';
import { readPort } from './ports.ts';
import { declare, environmentOf, type HealthcheckConfig, type Inputs, type Scope } from './scope.ts';
import { isSignal } from './signals.ts';
import { changed, type State, settersWith, shellOf } from './state.ts';

/** Something that stops a build at an instruction although each line is well-formed. */
export interface Refusal {
  readonly node: Instruction;
  readonly message: string;
}

/** One step: the state after the instruction, and why BuildKit refuses it, if it does. */
export interface Step {
  readonly state: State;
  readonly refusal?: Refusal | undefined;
}

interface Surroundings {
  readonly inputs: Inputs;
  readonly globals: Scope;
  readonly file: Iechorfile;
  /** Whether CMD was set in this very stage, so that ENTRYPOINT does not reset it. */
  readonly hasOwnCmd: boolean;
}

type Effect<K extends InstructionKind> = (node: NodeOf<K>, state: State, around: Surroundings) => Step;

export const stepFrom = (node: Instruction, state: State, around: Surroundings): Step =>
  applyEffect(node.kind, node, state, around);

const applyEffect = <K extends InstructionKind>(kind: K, node: NodeOf<K>, state: State, around: Surroundings): Step =>
  EFFECTS[kind](node, state, around);

const keep = (_node: Instruction, state: State): Step => ({ state });

/** The first error when words are expanded. */
const failure = (node: Instruction, words: Iterable<Word>, state: State): Refusal | undefined => {
  for (const word of words) {
    if (word.text !== undefined) continue;
    const { error } = expand(word.parts, environmentOf(state));
    if (error) return { node, message: `failed to process "${word.raw}": ${error}` };
  }
  return undefined;
};

const flagWords = (flags: readonly Flag[], names: readonly string[]): readonly Word[] =>
  flags.flatMap(({ name, value }) => (value && names.includes(name.text) ? [value] : []));

const argvOf = (command: Command, state: State): readonly string[] | undefined =>
  command.kind === 'ExecForm' ? command.elements.map(({ value }) => value) : [...shellOf(state), command.text];

const EFFECTS: { readonly [K in InstructionKind]: Effect<K> } = {
  From: keep,
  Invalid: keep,
  Maintainer: keep,
  Run: (node, state, { file }) => ({ state, refusal: mountRefusal(file, node, state) }),
  Copy: (node, state) => ({ state, refusal: copyRefusal(node, state) }),
  Add: (node, state) => ({ state, refusal: copyRefusal(node, state) }),
  Cmd: (node, state) => ({
    state: changed(state, { cmd: argvOf(node.command, state), setBy: settersWith(state.setBy, { cmd: node }) }),
  }),
  Entrypoint: (node, state, { hasOwnCmd }) => ({
    state: changed(state, {
      entrypoint: argvOf(node.command, state),
      cmd: hasOwnCmd ? state.cmd : undefined,
      setBy: settersWith(state.setBy, { entrypoint: node }),
    }),
  }),
  Shell: (node, state) => ({
    state: changed(state, {
      shell: node.command.elements.map(({ value }) => value),
      setBy: settersWith(state.setBy, { shell: node }),
    }),
  }),
  Env: (node, state) => {
    const environment = environmentOf(state);
    let { env, bindings } = state;
    for (const { key, value } of node.pairs) {
      const name = expand(key.parts, environment).value;
      if (name === undefined) continue;
      const expanded = expand(value.parts, environment).value;
      env = env.with(name, expanded);
      bindings = bindings.with(name, { value: expanded, by: 'env', node });
    }
    return {
      state: changed(state, { env, bindings }),
      refusal: failure(
        node,
        node.pairs.flatMap(({ key, value }) => [key, value]),
        state,
      ),
    };
  },
  Label: (node, state) => {
    const environment = environmentOf(state);
    let { labels } = state;
    for (const { key, value } of node.pairs) {
      const name = expand(key.parts, environment).value;
      if (name !== undefined) labels = labels.with(name, expand(value.parts, environment).value);
    }
    return {
      state: changed(state, { labels }),
      refusal: failure(
        node,
        node.pairs.flatMap(({ key, value }) => [key, value]),
        state,
      ),
    };
  },
  Arg: (node, state, { inputs, globals }) => {
    let { args, bindings } = state;
    let refusal: Refusal | undefined;
    for (const declaration of node.declarations) {
      const { binding, error } = declare(declaration, node, { bindings, complete: state.complete }, inputs, globals);
      refusal ??= error;
      if (binding) bindings = bindings.with(declaration.name.text, binding);
      args = args.with(declaration.name.text, true);
    }
    return { state: changed(state, { args, bindings }), refusal };
  },
  Workdir: (node, state) => {
    const { value } = expand(node.path.parts, environmentOf(state));
    const workdir = value === undefined ? undefined : joinPath(state.workdir, value, state.complete);
    return {
      state: changed(state, { workdir, setBy: settersWith(state.setBy, { workdir: node }) }),
      refusal: failure(node, [node.path], state),
    };
  },
  User: (node, state) => {
    const { value } = expand(node.user.parts, environmentOf(state));
    return {
      state: changed(state, { user: value, setBy: settersWith(state.setBy, { user: node }) }),
      refusal: failure(node, [node.user], state),
    };
  },
  Stopsignal: (node, state) => {
    const { value } = expand(node.signal.parts, environmentOf(state));
    const invalid = value !== undefined && !isSignal(value) ? { node, message: `invalid signal: ${value}` } : undefined;
    const next = changed(state, { stopsignal: value, setBy: settersWith(state.setBy, { stopsignal: node }) });
    return { state: next, refusal: failure(node, [node.signal], state) ?? invalid };
  },
  Expose: (node, state) => {
    let { ports } = state;
    let refusal = failure(node, node.ports, state);
    for (const word of node.ports) {
      for (const text of expandWords(word.parts, environmentOf(state)).words) {
        const found = readPort(text);
        if (typeof found === 'string') refusal ??= { node, message: found };
        else for (const port of found.ports) ports = ports.with(`${port}/${found.protocol}`, true);
      }
    }
    return { state: changed(state, { ports }), refusal };
  },
  Volume: (node, state) => {
    let { volumes } = state;
    let refusal = failure(node, node.paths, state);
    for (const path of node.paths) {
      const { value } = expand(path.parts, environmentOf(state));
      if (value === '') refusal ??= { node, message: 'VOLUME specified can not be an empty string' };
      else if (value !== undefined) volumes = volumes.with(value, true);
    }
    return { state: changed(state, { volumes }), refusal };
  },
  Healthcheck: (node, state) => ({
    state: changed(state, { healthcheck: healthcheckOf(node), setBy: settersWith(state.setBy, { healthcheck: node }) }),
  }),
  Onbuild: (node, state) => ({
    state: changed(state, { onbuild: state.onbuild.with(String(node.start), { text: node.text, node: node.trigger }) }),
  }),
};

const healthcheckOf = (node: NodeOf<'Healthcheck'>): HealthcheckConfig => {
  if (!node.command) return { Test: ['NONE'] };
  const { command } = node;
  const test =
    command.kind === 'ExecForm' ? ['CMD', ...command.elements.map(({ value }) => value)] : ['CMD-SHELL', command.text];
  const duration = (name: string): number => readDuration(textOf(node.flags, name)) ?? 0;
  const values = {
    Interval: duration('interval'),
    Timeout: duration('timeout'),
    StartPeriod: duration('start-period'),
    StartInterval: duration('start-interval'),
    Retries: Number(textOf(node.flags, 'retries') || 0),
  };
  return { Test: test, ...Object.fromEntries(Object.entries(values).filter(([, value]) => value)) };
};

const textOf = (flags: readonly Flag[], name: string): string => {
  const flag = flags.findLast((each) => each.name.text === name);
  return (flag && flagValue(flag)) ?? '';
};

const copyRefusal = (node: NodeOf<'Copy' | 'Add'>, state: State): Refusal | undefined => {
  const words = node.sources.filter(({ heredoc }) => !heredoc);
  return failure(node, [...words, node.destination, ...flagWords(node.flags, ['chown', 'chmod', 'checksum'])], state);
};

const mountRefusal = (file: Iechorfile, node: NodeOf<'Run'>, state: State): Refusal | undefined => {
  for (const flag of node.flags) {
    if (flag.name.text !== 'mount') continue;
    const mount = readMount(file, flag, environmentOf(state));
    const message =
      typeof mount === 'string' ? mount : targetProblem(mount, state.complete ? (state.workdir ?? '/') : undefined);
    if (message) return { node, message };
  }
  return undefined;
};
