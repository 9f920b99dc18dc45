import { chmodSync, chownSync, closeSync, mkdtempSync, openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Run } from '../ast/nodes.ts';
import { BuildError } from './error.ts';
import { type MountRequest, type MountSetup, modeOf, type StepMount } from './run-mounts.ts';
import type { Agent } from './ssh-agent.ts';

/** The agent's socket, as one of the user who asks for it. */
export const sshMount = ({ mount, target, field, isOn, node, context }: MountRequest): StepMount => {
  const id = mount.id ?? 'default';
  const agent = context.request.ssh?.get(id);
  if (!agent && isOn('required'))
    throw new BuildError(
      `the ssh agent \`${id}\` is needed: give it by --ssh ${id}=SOCKET or --ssh ${id}=KEYFILE`,
      node,
    );
  const owner = { uid: Number(field('uid') ?? 0), gid: Number(field('gid') ?? 0), mode: modeOf(field('mode'), 0o600) };
  return {
    data: ['ssh', id, target],
    target: agent && target,
    isFolder: false,
    prepare: async (work) => (agent ? forwarded(await socketOf(agent, node), target, owner, work) : {}),
  };
};

const socketOf = async (agent: Agent, node: Run): Promise<string> => {
  try {
    return await agent();
  } catch (error) {
    throw error instanceof Error ? new BuildError(error.message, node) : error;
  }
};

interface SocketOwner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The path of a socket has to be short, wherever the step's folder is. */
const forwarded = async (
  socket: string,
  target: string,
  { uid, gid, mode }: SocketOwner,
  work: string,
): Promise<MountSetup> => {
  const folder = mkdtempSync(join(work, 'ssh-'));
  const place = openSync(folder, 'r');
  const source = join(folder, 'agent');
  const server = createServer((client) => {
    const agent = connect(socket);
    for (const each of [client, agent]) each.on('error', () => client.destroy());
    client.pipe(agent).pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(`/proc/self/fd/${place}/agent`, resolve);
  });
  chownSync(source, uid, gid);
  chmodSync(source, mode);
  return {
    mount: { type: 'bind', source, target, isFolder: false, isReadOnly: false },
    variables: [['SSH_AUTH_SOCK', target]],
    release() {
      server.close();
      closeSync(place);
    },
  };
};
