import { searchRegistry } from '../oci/search.ts';
import type { Access } from '../oci/session.ts';
import { truncate } from '../report/cells.ts';
import type { Io } from './io.ts';
import { printJson } from './print-json.ts';
import { tableLines } from './table.ts';

export interface SearchArguments {
  readonly access: Access;
  readonly limit: number;
  readonly format: 'pretty' | 'json';
}

/** `iechorlint search`: repositories of a registry, Docker Hub unless the term begins with another. */
export const searchImages = async (text: string, { access, limit, format }: SearchArguments, io: Io): Promise<void> => {
  const [, first = '', rest] = /^([^/]+)(?:\/(.*))?$/s.exec(text.replace(/^iechor\.io\//, 'docker.io/')) ?? [];
  const hasHost = rest === undefined ? /:\d+$/.test(first) : /[.:]/.test(first) || first === 'localhost';
  const found = await searchRegistry(hasHost ? first : 'docker.io', hasHost ? (rest ?? '') : text, limit, access);
  if (format === 'json') return printJson(found, io);
  const rows = found.map(({ name, description, stars, isOfficial }) => [
    name,
    truncate(description, 60),
    stars === undefined ? '' : String(stars),
    isOfficial ? '[OK]' : '',
  ]);
  io.stdout.write(tableLines([['NAME', 'DESCRIPTION', 'STARS', 'OFFICIAL'], ...rows]));
};
