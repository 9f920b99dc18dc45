import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import { type DatagramServer, framed, listenForDatagrams, unframed } from './datagrams.ts';
import { endWithUs } from './sandbox/children.ts';
import { missingText, pathOf } from './sandbox/programs.ts';

/** A port of the machine that is one of the program. */
export interface Port {
  /** Undefined: all addresses of the machine. */
  readonly address: string | undefined;
  /** 0: any that is free. */
  readonly outside: number;
  readonly inside: number;
  readonly kind: 'tcp' | 'udp';
}

/** A network that has nothing but a loopback and these ports, as long as it is open. */
export interface PortNetwork {
  /** The file of its namespace. */
  readonly namespace: string;
  readonly ports: readonly Port[];
  readonly close: () => void;
}

/** `folder` is for what it needs. Throws ImageError where a port is taken, or a program is missing. */
export const openPorts = async (wanted: readonly Port[], folder: string, path: string): Promise<PortNetwork> => {
  // The path of a socket has to be short, wherever the folder is.
  const place = openSync(folder, 'r');
  const connections = new Set<Socket>();
  const servers: { readonly close: () => void }[] = [];
  let end = () => {};
  const close = () => {
    for (const each of servers) each.close();
    for (const each of connections) each.destroy();
    end();
    closeSync(place);
  };
  try {
    const ports: Port[] = [];
    for (const [index, port] of wanted.entries()) {
      const inner = `/proc/self/fd/${place}/${index}`;
      const server = await (port.kind === 'udp' ? listenToAll(port, inner) : listen(port, inner, connections));
      servers.push(server);
      ports.push({ ...port, outside: server.port });
    }
    const inner = await startInside(ports, folder, path);
    ({ end } = inner);
    return { namespace: `/proc/${inner.pid}/ns/net`, ports, close };
  } catch (error) {
    close();
    throw error;
  }
};

/** As `listen`, for datagrams. */
const listenToAll = (port: Port, place: string): Promise<DatagramServer> =>
  listenForDatagrams(port.address, port.outside, () => connect(place).on('error', () => {})).catch((error: unknown) => {
    throw error instanceof Error ? new ImageError(refusal(port, error)) : error;
  });

const listen = (
  port: Port,
  place: string,
  connections: Set<Socket>,
): Promise<{ readonly close: () => void; readonly port: number }> => {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const inner = connect({ path: place, allowHalfOpen: true });
    for (const each of [client, inner]) {
      connections.add(each);
      each.once('error', () => {});
      each.once('close', () => {
        connections.delete(each);
        (each === client ? inner : client).destroySoon();
      });
    }
    client.pipe(inner).pipe(client);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ImageError(refusal(port, error))));
    server.listen({ port: port.outside, ...(port.address === undefined ? {} : { host: port.address }) }, () =>
      resolve({ close: () => server.close(), port: portOf(server.address()) }),
    );
  });
};

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address ? address.port : 0;

const refusal = ({ address, outside }: Port, error: Error): string => {
  const code = 'code' in error ? error.code : undefined;
  const place = address === undefined ? `port ${outside}` : `port ${outside} of ${address}`;
  if (code === 'EADDRINUSE') return `${place} is taken by another program`;
  if (code === 'EACCES') return `${place} is not for ordinary users: take one from 1024 on`;
  return `${place} cannot be had: ${error.message}`;
};

type Place = readonly [place: string, port: number, kind: Port['kind']];
type HandOn = (client: Socket, port: number) => void;

/** What stands in the namespace and hands on what comes; these have to do without everything else that is in this file. */
const serve = (net: typeof import('node:net'), ways: Record<Port['kind'], HandOn>, places: readonly Place[]): void => {
  let left = places.length;
  for (const [place, port, kind] of places) {
    const server = net.createServer({ allowHalfOpen: true }, (client) => ways[kind](client, port));
    server.listen(place, () => {
      left--;
      if (left === 0) process.stdout.write('ready');
    });
  }
};

const streamsBy =
  (net: typeof import('node:net')): HandOn =>
  (client, port) => {
    const program = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    for (const each of [client, program]) {
      each.on('error', () => {});
      each.on('close', () => (each === client ? program : client).destroySoon());
    }
    client.pipe(program).pipe(client);
  };

const datagramsBy =
  (dgram: typeof import('node:dgram'), frame: typeof framed, unframe: typeof unframed): HandOn =>
  (client, port) => {
    const program = dgram.createSocket('udp4');
    program.on('error', () => {});
    program.on('message', (message) => client.write(frame(message)));
    client.on(
      'data',
      unframe((message) => program.send(message, port, '127.0.0.1', () => {})),
    );
    client.on('error', () => {});
    client.on('end', () => client.destroy());
    client.on('close', () => program.close());
  };

/** All of it as a program. */
const CODE = `(${serve})(require('node:net'), {
  tcp: (${streamsBy})(require('node:net')),
  udp: (${datagramsBy})(require('node:dgram'), ${framed}, ${unframed}),
}, JSON.parse(process.argv[1]))`;

/** By the one file that says so where there is no other program for it. */
const LOOPBACK_UP = 'mount -n -t sysfs sysfs "$0" && echo 0x9 > "$0/class/net/lo/flags"; exec "$@"';

const startInside = async (
  ports: readonly Port[],
  folder: string,
  path: string,
): Promise<{ readonly pid: number; readonly end: () => void }> => {
  const missing = ['unshare', 'setpriv', 'nsenter'].filter((name) => pathOf(name, path) === undefined);
  if (missing.length > 0) throw new ImageError(missingText(missing, path));
  const [setpriv = '', unshare = ''] = ['setpriv', 'unshare'].map((name) => pathOf(name, path) ?? name);
  const system = join(folder, 'sys');
  mkdirSync(system);
  const places = JSON.stringify(ports.map(({ inside, kind }, index): Place => [`./${index}`, inside, kind]));
  const words = [unshare, '-n', '-m', '--propagation', 'private', '/bin/sh', '-c', LOOPBACK_UP, system];
  const child = spawn(setpriv, ['--pdeathsig', 'KILL', ...words, process.execPath, '-e', CODE, places], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    detached: true,
  });
  endWithUs(child);
  await new Promise<void>((resolve, reject) => {
    let problem = '';
    child.stderr.on('data', (chunk: Buffer) => {
      problem += chunk;
    });
    child.stdout.once('data', () => resolve());
    child.once('error', reject);
    child.once('close', () => reject(new ImageError(`no network can be made: ${problem.trim().split('\n')[0]}`)));
  });
  return { pid: child.pid ?? 0, end: () => child.kill('SIGKILL') };
};
