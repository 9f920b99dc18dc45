import type { ImageFiles, Package } from './packages.ts';

const DATABASES = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'];

/** What apk has installed: https://wiki.alpinelinux.org/wiki/Apk_spec */
export const apkPackages = (files: ImageFiles, distribution: string): readonly Package[] => {
  const source = DATABASES.find(files.has);
  const text = source === undefined ? undefined : files.text(source);
  if (source === undefined || text === undefined) return [];
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (letter: string) => new RegExp(`^${letter}:(.*)$`, 'm').exec(paragraph)?.[1]?.trim() || undefined;
    const [name, version] = [field('P'), field('V')];
    if (!name || !version) return [];
    const more = { architecture: field('A'), license: field('L'), maintainer: field('m') };
    return [{ type: 'apk', namespace: distribution || 'alpine', name, version, ...more, source } as const];
  });
};
