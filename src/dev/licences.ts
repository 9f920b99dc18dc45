import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licences of the packages that the modules come from, as their own files give them. */
export const licencesOf = (modules: readonly string[]): string => {
  const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
  const texts = Array.from(folders, licenceOf).toSorted();
  return `What stands in this folder holds parts of the following packages.\n\n${texts.join('\n\n')}`;
};

const packageFolder = (id: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0];

const licenceOf = (folder: string): string => {
  const { name, version, license }: { name: string; version: string; license: string } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
  return `---- ${name} ${version} (${license})\n\n${text}`;
};
