import type { Port } from '../build/ports.ts';
import { ConfigError } from '../config/error.ts';

/** `[ADDRESS:][PORT:]PORT[/KIND]` of `--publish`, as `docker run` takes it. Throws ConfigError. */
export const publishedPort = (text: string): Port => {
  const [, address, outside = '', inside = '', name = 'tcp'] =
    /^(?:(\[[\da-f:]+\]|\d+\.\d+\.\d+\.\d+):)?(?:(\d*):)?(\d+)(?:\/(\w+))?$/i.exec(text) ?? [];
  if (inside === '') throw new ConfigError(`--publish takes [ADDRESS:]PORT:PORT, such as 8080:80, not \`${text}\``);
  const kind = name.toLowerCase();
  if (kind !== 'tcp' && kind !== 'udp')
    throw new ConfigError(`--publish ${text}: tcp and udp are handed on, and no ${name}`);
  for (const port of [inside, outside])
    if (Number(port) > 65_535) throw new ConfigError(`--publish ${text}: there is no port ${port}`);
  return { address: address?.replace(/^\[|\]$/g, ''), outside: Number(outside), inside: Number(inside), kind };
};
