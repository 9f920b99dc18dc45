import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { isIPv6, type Socket } from 'node:net';

/** A datagram on its way through a stream, which keeps no borders: its length stands before it. It needs nothing of this file. */
export const framed = (message: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(message.length >> 8, message.length & 255), message]);

/** Gives each datagram of a stream, in whatever pieces it comes. It needs nothing of this file. */
export const unframed = (take: (message: Buffer) => void): ((chunk: Buffer) => void) => {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const end = 2 + (rest.length < 2 ? 0 : rest.readUInt16BE());
      if (rest.length < end) return;
      take(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
  };
};

/** Nobody says when a client has gone. */
const IDLE = 90_000;

/** More are not answered until others have gone. */
const MOST_CLIENTS = 1000;

/** As much may wait to be handed on to one of them; what comes then is lost, as datagrams may be. */
const MOST_WAITING = 1 << 20;

/** Something that takes connections, or stands for them. */
export interface DatagramServer {
  readonly close: () => void;
  readonly port: number;
}

/** Takes datagrams at a port, and hands those of each client on through a connection of its own. */
export const listenForDatagrams = async (
  address: string | undefined,
  port: number,
  connected: () => Socket,
): Promise<DatagramServer> => {
  const outside = await bound(address, port);
  const clients = new Map<string, Socket>();
  const clientAt = (host: string, from: number): Socket | undefined => {
    const key = `${host} ${from}`;
    const known = clients.get(key);
    if (known || clients.size >= MOST_CLIENTS) return known;
    const inner = connected().setTimeout(IDLE, () => inner.destroy());
    inner.on(
      'data',
      unframed((message) => outside.send(message, from, host, () => {})),
    );
    inner.once('close', () => clients.delete(key));
    clients.set(key, inner);
    return inner;
  };
  outside.on('message', (message, from) => {
    const client = clientAt(from.address, from.port);
    if (client && client.writableLength < MOST_WAITING) client.write(framed(message));
  });
  const close = () => {
    outside.close();
    for (const each of clients.values()) each.destroy();
  };
  return { close, port: outside.address().port };
};

/** Of both kinds of addresses where no other is told and there are both. */
const bound = async (address: string | undefined, port: number): Promise<DatagramSocket> => {
  if (address !== undefined) return boundTo(isIPv6(address) ? 'udp6' : 'udp4', port, address);
  return boundTo('udp6', port).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw error;
    return boundTo('udp4', port);
  });
};

const boundTo = (type: 'udp4' | 'udp6', port: number, address?: string): Promise<DatagramSocket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket(type);
    socket.once('error', reject);
    socket.bind({ port, ...(address === undefined ? {} : { address }) }, () => {
      socket.off('error', reject).on('error', () => {});
      resolve(socket);
    });
  });
