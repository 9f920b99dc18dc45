import type { Instruction } from '../ast/nodes.ts';
import type { Binding, HealthcheckConfig, ImageConfig, Scope } from './scope.ts';
import { type GrowingTable, tableOf } from './table.ts';

/** The state of a build at a place: what the next instruction meets. Fields of the base image that the file does not show are undefined. */
export interface State extends Scope {
  readonly bindings: GrowingTable<Binding>;
  /** Set by ENV here or in a stage above: what goes into the image. */
  readonly env: GrowingTable<string | undefined>;
  /** The names of every ARG here or in a stage above, also of those that set nothing. */
  readonly args: GrowingTable<true>;
  readonly workdir: string | undefined;
  readonly user: string | undefined;
  /** The instruction that set the user, the shell and so on in this file. */
  readonly setBy: {
    readonly [K in 'workdir' | 'user' | 'shell' | 'cmd' | 'entrypoint' | 'healthcheck' | 'stopsignal']?:
      | Instruction
      | undefined;
  };
  readonly shell: readonly string[] | undefined;
  /** Whether what is built is known to run on Windows. */
  readonly isWindows: boolean;
  readonly cmd: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly labels: GrowingTable<string | undefined>;
  /** `port/protocol`. */
  readonly ports: GrowingTable<true>;
  readonly volumes: GrowingTable<true>;
  readonly stopsignal: string | undefined;
  readonly healthcheck: HealthcheckConfig | undefined;
  /** In order; the names are numbers. */
  readonly onbuild: GrowingTable<{ readonly text: string; readonly node: Instruction }>;
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The shell in force: that of SHELL or the base image, else the usual one of the system. */
export const shellOf = ({ shell, isWindows }: State): readonly string[] =>
  shell ?? (isWindows ? ['cmd', '/S', '/C'] : ['/bin/sh', '-c']);

/** The state after `FROM scratch`; Windows sets its own path. */
export const scratchState = (isWindows: boolean): State => {
  const state = changed(emptyState(), { complete: true, workdir: '/', isWindows });
  if (isWindows) return state;
  return changed(state, {
    env: tableOf([['PATH', DEFAULT_PATH]]),
    bindings: tableOf([['PATH', { value: DEFAULT_PATH, by: 'base', node: undefined }]]),
  });
};

/** The state with some of it changed. All states are of one class, which they would not be if they were spread. */
export const changed = (state: State, change: Partial<State>): State => Object.assign(copyOf(state), change);

const copyOf = (state: State): State => ({
  bindings: state.bindings,
  complete: state.complete,
  env: state.env,
  args: state.args,
  workdir: state.workdir,
  user: state.user,
  setBy: state.setBy,
  shell: state.shell,
  isWindows: state.isWindows,
  cmd: state.cmd,
  entrypoint: state.entrypoint,
  labels: state.labels,
  ports: state.ports,
  volumes: state.volumes,
  stopsignal: state.stopsignal,
  healthcheck: state.healthcheck,
  onbuild: state.onbuild,
});

/** The setters with some of them changed. */
export const settersWith = (setBy: State['setBy'], change: State['setBy']): State['setBy'] =>
  Object.assign(
    {
      workdir: setBy.workdir,
      user: setBy.user,
      shell: setBy.shell,
      cmd: setBy.cmd,
      entrypoint: setBy.entrypoint,
      healthcheck: setBy.healthcheck,
      stopsignal: setBy.stopsignal,
    },
    change,
  );

const emptyState = (): State => ({
  bindings: tableOf(),
  complete: false,
  env: tableOf(),
  args: tableOf(),
  workdir: undefined,
  user: undefined,
  setBy: {},
  shell: undefined,
  isWindows: false,
  cmd: undefined,
  entrypoint: undefined,
  labels: tableOf(),
  ports: tableOf(),
  volumes: tableOf(),
  stopsignal: undefined,
  healthcheck: undefined,
  onbuild: tableOf(),
});

/** The state after a FROM of an image: its configuration, or next to nothing when that is not given. */
export const imageState = (config: ImageConfig | undefined, isWindows = false): State => {
  if (!config) {
    return changed(emptyState(), {
      isWindows,
      bindings: tableOf([['PATH', { value: undefined, by: 'base', node: undefined }]]),
    });
  }
  const env = tableOf(config.env.has('PATH') || isWindows ? config.env : [...config.env, ['PATH', DEFAULT_PATH]]);
  const bindings = tableOf<Binding>(Array.from(env, ([name, value]) => [name, { value, by: 'base', node: undefined }]));
  return changed(emptyState(), {
    ...config,
    isWindows,
    env,
    bindings,
    complete: true,
    labels: tableOf(config.labels),
    ports: tableOf(config.ports.map((port) => [port, true])),
    volumes: tableOf(config.volumes.map((volume) => [volume, true])),
    onbuild: tableOf(),
  });
};
