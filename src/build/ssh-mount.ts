import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildError } from './error.ts';
import { type MountRequest, type MountSetup, modeOf, type StepMount } from './run-mounts.ts';

/** The agent's socket, as one of the user who asks for it. */
export const sshMount = ({ mount, target, field, isOn, node, context }: MountRequest): StepMount => {
  const id = mount.id ?? 'default';
  const socket = context.request.ssh?.get(id);
  if (socket === undefined && isOn('required'))
    throw new BuildError(`the ssh agent \`${id}\` is needed: give it by --ssh ${id}`, node);
  const owner = { uid: Number(field('uid') ?? 0), gid: Number(field('gid') ?? 0), mode: modeOf(field('mode'), 0o600) };
  return {
    data: ['ssh', id, target],
    target: socket === undefined ? undefined : target,
    isFolder: false,
    prepare: () => (socket === undefined ? {} : forwarded(socket, target, owner)),
  };
};

interface SocketOwner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** A socket's path is short, so it is not in the step's folder. */
const forwarded = async (socket: string, target: string, { uid, gid, mode }: SocketOwner): Promise<MountSetup> => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  const source = join(folder, 'agent');
  const server = createServer((client) => {
    const agent = connect(socket);
    for (const each of [client, agent]) each.on('error', () => client.destroy());
    client.pipe(agent).pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(source, resolve);
  });
  chownSync(source, uid, gid);
  chmodSync(source, mode);
  return {
    mount: { type: 'bind', source, target, isFolder: false, isReadOnly: false },
    variables: [['SSH_AUTH_SOCK', target]],
    release() {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
