import { ConfigError } from '../config/error.ts';
import type { Registries } from '../oci/session.ts';
import type { Flag } from './commands.ts';
import { type Given, textsOf } from './given.ts';

/** How registries are reached, for every command that talks to one. */
export const REGISTRY_FLAGS: Readonly<Record<string, Flag>> = {
  'insecure-registry': {
    type: 'string',
    array: true,
    describe: 'HOST[:PORT] that may be reached by plain HTTP, or with any certificate',
  },
  'registry-mirror': {
    type: 'string',
    array: true,
    describe: 'HOST[:PORT] to ask before Docker Hub, or REGISTRY=HOST[:PORT] to ask before another registry',
  },
};

export const registriesOf = (given: Given): Registries => ({
  insecure: textsOf(given, 'insecure-registry').map((text) => hostIn(text, 'insecure-registry')),
  mirrors: mirrorsOf(textsOf(given, 'registry-mirror')),
});

const mirrorsOf = (texts: readonly string[]): Registries['mirrors'] => {
  const mirrors = new Map<string, string[]>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    const host = equals < 0 ? 'docker.io' : hostIn(text.slice(0, equals), 'registry-mirror');
    mirrors.set(host, [...(mirrors.get(host) ?? []), hostIn(text.slice(equals + 1), 'registry-mirror')]);
  }
  return mirrors;
};

const hostIn = (text: string, option: string): string => {
  const host = text.replace(/^https?:\/\//, '').replace(/\/$/, '');
  if (/^(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d+)?$/i.test(host)) return host;
  throw new ConfigError(`--${option} takes a host such as registry.example.com:5000, not \`${text}\``);
};
