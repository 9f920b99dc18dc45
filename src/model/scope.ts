import type { Arg, ArgDeclaration, Iechorfile, Instruction } from '../ast/nodes.ts';
import { type Environment, expand, type Lookup } from './expand.ts';
import type { HistoryEntry } from './history.ts';
import { platformParts } from './platforms.ts';
import { type GrowingTable, tableOf } from './table.ts';

/** What a name is set to, and by what. */
export interface Binding {
  /** Undefined when the file does not tell. */
  readonly value: string | undefined;
  readonly by: 'env' | 'arg' | 'base' | 'predefined';
  /** The ENV or ARG. */
  readonly node: Instruction | undefined;
}

/** The names that can be used at a place. */
export interface Scope {
  readonly bindings: GrowingTable<Binding>;
  /** False: names from the base image may be set that the file does not show. */
  readonly complete: boolean;
}

/** What is known of a build besides the file. */
export interface Inputs {
  /** The configuration of every base image; with it nothing is unknown, as in a build. */
  readonly baseConfig?: ImageConfig | undefined;
  /** The history of every base image. */
  readonly baseHistory?: readonly HistoryEntry[] | undefined;
  /** Configurations of images by what FROM names, before `baseConfig`. */
  readonly baseConfigs?: ReadonlyMap<string, ImageConfig> | undefined;
  /** `os/arch[/variant]`. */
  readonly platform?: string | undefined;
  /** That of the machine that builds; undefined: the same. */
  readonly buildPlatform?: string | undefined;
  readonly buildArgs?: ReadonlyMap<string, string> | undefined;
  readonly target?: string | undefined;
}

/** The part of an OCI image configuration that instructions change. */
export interface ImageConfig {
  readonly env: ReadonlyMap<string, string>;
  readonly workdir: string | undefined;
  readonly user: string | undefined;
  readonly cmd: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly shell: readonly string[] | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly stopsignal: string | undefined;
  readonly onbuild: readonly string[];
  readonly healthcheck: HealthcheckConfig | undefined;
}

/** An image without any configuration. */
export const EMPTY_CONFIG: ImageConfig = {
  env: new Map(),
  workdir: undefined,
  user: undefined,
  cmd: undefined,
  entrypoint: undefined,
  shell: undefined,
  labels: new Map(),
  ports: [],
  volumes: [],
  stopsignal: undefined,
  onbuild: [],
  healthcheck: undefined,
};

/** As in an image configuration: durations in nanoseconds, those not given left out. */
export interface HealthcheckConfig {
  readonly Test: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export const environmentOf =
  (scope: Scope): Environment =>
  (name): Lookup => {
    const binding = scope.bindings.get(name);
    if (!binding) return scope.complete ? { kind: 'unset' } : { kind: 'unknown' };
    return binding.value === undefined ? { kind: 'unknown' } : { kind: 'value', value: binding.value };
  };

const PLATFORM_PARTS = ['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'] as const;

/** What platforms define, which is the same for all files. */
const platformArgs = new Map<string | undefined, GrowingTable<Binding>>();

const platformArgsOf = ({ platform, buildPlatform }: Inputs): GrowingTable<Binding> => {
  const key = buildPlatform === undefined ? platform : `${platform} ${buildPlatform}`;
  let bindings = platformArgs.get(key);
  if (bindings) return bindings;
  bindings = tableOf<Binding>();
  for (const [prefix, own] of [['BUILD', buildPlatform ?? platform] as const, ['TARGET', platform] as const]) {
    const parts = own === undefined ? undefined : platformParts(own);
    const values = {
      PLATFORM: own,
      OS: parts?.os,
      OSVERSION: parts?.version,
      ARCH: parts?.architecture,
      VARIANT: parts?.variant,
    };
    for (const part of PLATFORM_PARTS)
      bindings = bindings.with(`${prefix}${part}`, { value: values[part], by: 'predefined', node: undefined });
  }
  platformArgs.set(key, bindings);
  return bindings;
};

/** The arguments that every build defines, usable in FROM at once and in a stage after `ARG`. */
const predefinedArgs = (inputs: Inputs): GrowingTable<Binding> => {
  const target: Binding = { value: inputs.target ?? 'default', by: 'predefined', node: undefined };
  let bindings = platformArgsOf(inputs).with('TARGETSTAGE', target);
  for (const [name, value] of inputs.buildArgs ?? []) {
    if (bindings.has(name)) bindings = bindings.with(name, { value, by: 'predefined', node: undefined });
  }
  return bindings;
};

/** The arguments before the first FROM, each seeing those above it. `errors` are what BuildKit cannot expand. */
export const globalScope = (file: Iechorfile, inputs: Inputs): Scope & { readonly errors: readonly ScopeError[] } => {
  let bindings = predefinedArgs(inputs);
  const errors: ScopeError[] = [];
  for (const node of file.globals) {
    for (const declaration of node.declarations) {
      const { binding, error } = declare(declaration, node, { bindings, complete: true }, inputs, undefined);
      if (error) errors.push(error);
      if (binding) bindings = bindings.with(declaration.name.text, binding);
    }
  }
  return { bindings, complete: true, errors };
};

export interface ScopeError {
  readonly node: Instruction;
  readonly message: string;
}

/**
 * What `ARG name[=default]` sets: a build argument, else its default, else the global of that name. Undefined when it
 * sets nothing: an earlier value stays. Without a build's inputs an argument that has no value is unknown, not unset.
 */
export const declare = (
  { name, default: word }: ArgDeclaration,
  node: Arg,
  scope: Scope,
  inputs: Inputs,
  globals: Scope | undefined,
): { binding: Binding | undefined; error?: ScopeError } => {
  const given = inputs.buildArgs?.get(name.text);
  if (given !== undefined) return { binding: { value: given, by: 'arg', node } };
  if (word) {
    const { value, error } = expand(word.parts, environmentOf(scope));
    const binding: Binding = { value, by: 'arg', node };
    return error ? { binding, error: { node, message: `failed to process "${word.raw}": ${error}` } } : { binding };
  }
  const inherited = globals?.bindings.get(name.text);
  if (inherited) return { binding: { value: inherited.value, by: 'arg', node } };
  if (inputs.baseConfig || inputs.baseConfigs || scope.bindings.has(name.text)) return { binding: undefined };
  return { binding: { value: undefined, by: 'arg', node } };
};
