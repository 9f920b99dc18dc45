import type { ImageFiles, Package } from './packages.ts';

const STATUS = 'var/lib/dpkg/status';
/** Images without dpkg keep a file for each package here. */
const PARTS = 'var/lib/dpkg/status.d';

/** What dpkg has installed. */
export const debPackages = (files: ImageFiles, distribution: string): readonly Package[] => {
  const parts = files.list(PARTS).filter((name) => !name.endsWith('.md5sums'));
  return [STATUS, ...parts.map((name) => `${PARTS}/${name}`)].flatMap((source) =>
    paragraphsOf(files.text(source) ?? '').flatMap((fields) => packageOf(fields, source, distribution)),
  );
};

type Fields = ReadonlyMap<string, string>;

/** Fields of one line are all that is asked for. */
const paragraphsOf = (text: string): readonly Fields[] =>
  text.split(/\r?\n[ \t]*\r?\n/).map((paragraph) => {
    const fields = paragraph.matchAll(/^([\w-]+):(.*)$/gm);
    return new Map(Array.from(fields, ([, name = '', value = '']) => [name.toLowerCase(), value.trim()]));
  });

const packageOf = (fields: Fields, source: string, distribution: string): readonly Package[] => {
  const [name, version, status] = ['package', 'version', 'status'].map((field) => fields.get(field));
  const isInstalled = status === undefined || /\binstalled$/.test(status);
  if (!name || !version || !isInstalled) return [];
  return [
    {
      type: 'deb',
      namespace: distribution || 'debian',
      name,
      version,
      architecture: fields.get('architecture'),
      maintainer: fields.get('maintainer'),
      source,
    },
  ];
};
