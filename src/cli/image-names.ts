import { ConfigError } from '../config/error.ts';
import { readReference } from '../model/reference.ts';

/** A name with its registry, its folder and its tag: `hello` is `docker.io/library/hello:latest`. */
export const fullName = (name: string): string => {
  const reference = readReference(name.replace(/^iechor\.io\//, 'docker.io/'));
  if (!reference) throw new ConfigError(`\`${name}\` is no name of an image; write it like example.com/team/app:1.0`);
  const [first = '', ...rest] = name
    .replace(/[:@][^/]*$/, '')
    .replace(/^iechor\.io\//, 'docker.io/')
    .split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first : 'docker.io';
  const path = hasHost ? rest : [first, ...rest];
  const folder = host === 'docker.io' && path.length === 1 ? ['library', ...path] : path;
  const suffix = /[:@][^/]*$/.exec(name)?.[0] ?? ':latest';
  return `${host}/${folder.join('/')}${suffix}`;
};

/** As people write it. */
export const shortName = (name: string): string => name.replace(/^docker\.io\/(?:library\/)?/, '');
