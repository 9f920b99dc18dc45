import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Iechorfile } from '../ast/nodes.ts';
import { answerVariables } from '../build/answers.ts';
import type { BuildRequest } from '../build/request.ts';
import { overlaid } from '../build/sandbox/overlay.ts';
import type { Sandbox } from '../build/sandbox/port.ts';
import { enterNamespace } from '../build/sandbox/rootless.ts';
import { runtimeSandbox } from '../build/sandbox/runtime.ts';
import { unshareSandbox } from '../build/sandbox/unshare.ts';
import { ConfigError } from '../config/error.ts';
import type { BuildOptions, RunnerName } from './build-options.ts';
import type { Io } from './io.ts';
import { type Fields, fieldsIn } from './option-fields.ts';
import { say } from './say.ts';
import { agentsOf } from './ssh-option.ts';
import { reasonOf } from './system-error.ts';

type StepInputs = Pick<
  BuildRequest,
  'sandbox' | 'network' | 'secrets' | 'ssh' | 'hosts' | 'limits' | 'onFailure' | 'allowsInsecure' | 'allowsNetwork'
>;

/** What runs programs; a text says what is missing for it. */
export const sandboxOf = (runner: RunnerName, io: Io): Sandbox | string => {
  const { PATH = '', IECHORLINT_NO_OVERLAY: isRefused } = io.env;
  const sandbox = runner === 'unshare' ? unshareSandbox(PATH) : runtimeSandbox(runner, PATH);
  if (typeof sandbox === 'string') return sandbox;
  return overlaid(sandbox, isRefused ? 'IECHORLINT_NO_OVERLAY is set' : undefined);
};

/** What steps are run with. Throws ConfigError. */
export const stepInputs = (options: BuildOptions, io: Io): StepInputs => ({
  sandbox: sandboxOf(options.runner, io),
  network: options.network,
  secrets: secretsOf(options.secrets, io),
  ssh: agentsOf(options.ssh, io),
  hosts: options.hosts.map(hostLine),
  limits: options.limits,
  allowsInsecure: options.allowsInsecure,
  allowsNetwork: options.allowsNetwork,
  ...(options.onFailure === 'shell' ? { onFailure: openShell(io) } : {}),
});

/** The secrets of `--secret id=NAME,src=FILE` and `id=NAME,env=VARIABLE`. Throws ConfigError. */
const secretsOf = (given: readonly string[], io: Io): ReadonlyMap<string, Uint8Array> =>
  new Map(given.map((text) => secretOf(text, io)));

const secretOf = (text: string, io: Io): readonly [string, Uint8Array] => {
  const fields = fieldsIn('secret', text, 'id=token');
  const id = fields.get('id');
  if (!id) throw new ConfigError(`--secret needs an id, such as --secret id=token,src=token.txt, not \`${text}\``);
  rejectOtherSecret(text, fields);
  const file = fields.get('src') ?? fields.get('source');
  const variable = fields.get('env') ?? (fields.get('type') === 'env' ? (file ?? id) : undefined);
  if (variable !== undefined || (file === undefined && io.env[id] !== undefined))
    return [id, Buffer.from(valueOf(variable ?? id, text, io))];
  try {
    return [id, readFileSync(resolve(io.cwd, file ?? id))];
  } catch (error) {
    const hint = file === undefined ? `, and there is no variable ${id}` : '';
    throw new ConfigError(`--secret ${text}: the file ${file ?? id} cannot be read: ${reasonOf(error)}${hint}`);
  }
};

const SECRET_FIELDS = ['id', 'src', 'source', 'env', 'type'];

const rejectOtherSecret = (text: string, fields: Fields): void => {
  const other = [...fields.keys()].find((name) => !SECRET_FIELDS.includes(name));
  if (other !== undefined)
    throw new ConfigError(`--secret ${text}: there is no \`${other}\`; it has id, src, env, type`);
  const type = fields.get('type') ?? 'file';
  if (type !== 'file' && type !== 'env')
    throw new ConfigError(`--secret ${text}: type is file or env, not \`${type}\``);
};

const valueOf = (variable: string, text: string, { env }: Io): string => {
  const value = env[variable];
  if (value === undefined) throw new ConfigError(`--secret ${text}: the variable ${variable} is not set`);
  return value;
};

/** `NAME:ADDRESS` or `NAME=ADDRESS`, as a line of `/etc/hosts`; steps that have a network have this machine's. Throws ConfigError. */
export const hostLine = (given: string): string => {
  const text = given.replace(/([:=])host-gateway$/, '$1127.0.0.1');
  const [, name, address] = /^([^:=\s]+)[:=]\[?([0-9A-Fa-f.:]+)\]?$/.exec(text) ?? [];
  if (!name || !address || isIP(address) === 0)
    throw new ConfigError(`--add-host takes NAME:ADDRESS, not \`${given}\``);
  return `${address}\t${name}`;
};

/** Where to look when steps cannot be run. */
export const DOCTOR = '`iechorlint doctor` says all that is missing here';

/** What ran the steps, and what that lacks. */
export const runnerText = (sandbox: Sandbox | string): string =>
  typeof sandbox === 'string'
    ? DOCTOR
    : `steps ran under ${sandbox.name}${sandbox.lacks.length > 0 ? `, which lacks ${sandbox.lacks.join(' and ')}` : ''}`;

const openShell =
  (io: Io): NonNullable<BuildRequest['onFailure']> =>
  async (shell) => {
    say(io, 'the step failed; this is a shell in its files, and `exit` ends the build');
    await shell();
  };

/** Whether there may be something to run: a trigger of a base image is not known yet. */
export const hasRun = ({ stages }: Iechorfile): boolean =>
  stages.some(({ instructions }) => instructions.some(({ kind }) => kind === 'Run' || kind === 'Onbuild'));

/** Builds in a process that is the root of a namespace of its own, and gives its exit code. */
export const buildInNamespace = async (io: Io): Promise<number> => {
  const outcome = await enterNamespace(io.env.PATH ?? '', answerVariables());
  if (typeof outcome === 'number') return outcome;
  say(io, outcome);
  say(io, DOCTOR);
  return 3;
};
