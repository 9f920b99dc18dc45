import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingText, pathOf } from './sandbox/programs.ts';

/** A private key with the name of its file. */
export interface KeyFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The socket of an agent. Throws an Error that says why there is none. */
export type Agent = () => Promise<string>;

/** The socket of a new agent for these keys alone, which ends with this process, however that ends. */
export const agentWith = async (keys: readonly KeyFile[], path: string): Promise<string> => {
  const [agent, add] = ['ssh-agent', 'ssh-add'].map((name) => pathOf(name, path));
  if (agent === undefined || add === undefined) throw new Error(missingText(['ssh-agent'], path));
  const folder = folderForSocket();
  const socket = join(folder, 'agent');
  await startAgent(agent, socket, folder);
  for (const key of keys) await addKey(add, socket, key);
  return socket;
};

/** Not in the store, whose path may be longer than that of a socket. */
const folderForSocket = (): string => {
  try {
    return mkdtempSync(join(tmpdir(), 'agent-'));
  } catch {
    throw new Error(`no folder for the socket of an agent can be made in ${tmpdir()}; TMPDIR names another place`);
  }
};

/** What it waits for is the end of our pipe, which no signal can keep from coming. */
const UNTIL_WE_END = 'echo ready; read -r _; kill "$SSH_AGENT_PID"; rm -rf "$0"';

const startAgent = (agent: string, socket: string, folder: string): Promise<void> => {
  // A signal from the terminal reaches us alone.
  const child = spawn(agent, ['-a', socket, '/bin/sh', '-c', UNTIL_WE_END, folder], { env: ENV, detached: true });
  return new Promise((resolve, reject) => {
    let problem = '';
    child.stderr.on('data', (chunk: Buffer) => {
      problem += chunk;
    });
    child.stdout.once('data', () => {
      // From now on it keeps nobody from the end.
      for (const each of [child, ...child.stdio]) if (each instanceof Socket || each === child) each.unref();
      resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`ssh-agent does not start: ${problem.trim()}`)));
  });
};

const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** By its standard input, so that it matters to nobody who else may read the file. */
const addKey = (add: string, socket: string, { name, content }: KeyFile): Promise<void> => {
  const env = { ...ENV, SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: 'never' };
  const child = spawn(add, ['-q', '-'], { env, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.stdin.on('error', () => {});
  child.stdin.end(content);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(refusal(name)))));
  });
};

const refusal = (name: string): string =>
  `ssh-add does not take the key ${name}. One with a passphrase has to be given to an agent of yours: ssh-add ${name}, and --ssh default`;
