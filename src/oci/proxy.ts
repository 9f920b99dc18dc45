import { request } from 'node:http';
import type { Socket } from 'node:net';
import { ImageError } from './error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy that the environment names for an address; this machine is reached without. Throws ImageError. */
export const proxyFor = (url: URL, env: Environment): URL | undefined => {
  const kind = url.protocol.slice(0, -1);
  const text = env[`${kind}_proxy`] || env[`${kind.toUpperCase()}_PROXY`];
  if (!text || isExcepted(url, env.no_proxy || env.NO_PROXY || '')) return undefined;
  const whole = text.includes('://') ? text : `http://${text}`;
  const proxy = URL.canParse(whole) ? new URL(whole) : undefined;
  if (proxy?.protocol === 'http:') return proxy;
  throw new ImageError(`${kind.toUpperCase()}_PROXY must be http://HOST:PORT, not \`${masked(text)}\``);
};

const masked = (text: string): string => text.replace(/\/\/[^@/]*@/, '//***@');

/** `*`, hosts, and domains with or without a dot before them, each with a port where only that is meant. */
const isExcepted = ({ hostname, port, protocol }: URL, list: string): boolean => {
  if (/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)) return true;
  const own = port || (protocol === 'https:' ? '443' : '80');
  return list.split(',').some((each) => {
    const [, name = '', only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(each.trim()) ?? [];
    if (each.trim() === '*') return true;
    return name !== '' && (only === undefined || only === own) && (hostname === name || hostname.endsWith(`.${name}`));
  });
};

/** What a proxy with a name and a password wants to see. */
export const proxyHeaders = ({ username, password }: URL): Readonly<Record<string, string>> => {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
};

/** A connection through the proxy to where TLS is spoken. Throws ImageError. */
export const tunnel = (proxy: URL, { hostname, port }: URL, patience: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const path = `${hostname}:${port || 443}`;
    const call = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || 80,
      method: 'CONNECT',
      path,
      headers: { host: path, ...proxyHeaders(proxy) },
      timeout: patience,
      agent: false,
    });
    call.on('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      const hint = statusCode === 407 ? '; it wants a name and a password, as in http://NAME:PASSWORD@HOST' : '';
      reject(
        new ImageError(`the proxy ${proxy.host} lets nobody through to ${path}: it answered ${statusCode}${hint}`),
      );
    });
    call.on('timeout', () => call.destroy(new Error('it does not answer')));
    call.on('error', ({ message }) => reject(new ImageError(`the proxy ${proxy.host} cannot be reached: ${message}`)));
    call.end();
  });
