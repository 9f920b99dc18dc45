import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Agent, KeyFile } from '../build/ssh-agent.ts';
import { ConfigError } from '../config/error.ts';
import type { Io } from './io.ts';
import { statOf } from './places.ts';
import { reasonOf } from './system-error.ts';

/** The agents of `--ssh ID`, `--ssh ID=SOCKET` and `--ssh ID=KEYFILE,KEYFILE`. Throws ConfigError. */
export const agentsOf = (given: readonly string[], io: Io): ReadonlyMap<string, Agent> =>
  new Map(
    given.map((text) => {
      const equals = text.indexOf('=');
      const id = equals < 0 ? text : text.slice(0, equals);
      if (!id) throw new ConfigError(`--ssh takes ID, ID=SOCKET or ID=KEYFILE, not \`${text}\``);
      return [id, agentOf(text, equals < 0 ? '' : text.slice(equals + 1), io)] as const;
    }),
  );

const agentOf = (text: string, places: string, { cwd, env }: Io): Agent => {
  const files = (places || (env.SSH_AUTH_SOCK ?? '')).split(',').filter(Boolean);
  const [first] = files;
  if (first === undefined)
    throw new ConfigError(
      `--ssh ${text}: no agent runs; start one by eval "$(ssh-agent)" and ssh-add, or name a key: --ssh ${text.replace('=', '')}=KEYFILE`,
    );
  const isSocket = (file: string) => statOf(resolve(cwd, file))?.isSocket() ?? false;
  if (files.length === 1 && isSocket(first)) return async () => resolve(cwd, first);
  const socket = files.find(isSocket);
  if (socket !== undefined)
    throw new ConfigError(`--ssh ${text}: ${socket} is a socket, beside which there can be no keys`);
  const keys = files.map((file) => keyIn(text, file, cwd));
  let started: Promise<string> | undefined;
  return () => {
    started ??= import('../build/ssh-agent.ts').then(({ agentWith }) => agentWith(keys, env.PATH ?? ''));
    return started;
  };
};

const keyIn = (text: string, name: string, cwd: string): KeyFile => {
  try {
    const content = readFileSync(resolve(cwd, name));
    if (content.includes('PRIVATE KEY-----')) return { name, content };
  } catch (error) {
    throw new ConfigError(`--ssh ${text}: ${name} cannot be read: ${reasonOf(error)}`);
  }
  throw new ConfigError(`--ssh ${text}: ${name} is neither a private key nor the socket of an agent`);
};
