import type { ImageFiles, Package } from './packages.ts';

/** What packages of languages leave beside their files when they are installed. */
export const languagePackages = (files: ImageFiles): readonly Package[] => {
  const found: Package[] = [];
  files.walk((path) => {
    for (const { pattern, read } of READERS) {
      const match = pattern.exec(path);
      if (match) found.push(...read(match, path, files));
    }
  });
  return found;
};

interface Reader {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray, path: string, files: ImageFiles) => readonly Package[];
}

const READERS: readonly Reader[] = [
  {
    pattern: /(?:\.dist-info\/METADATA|\.egg-info\/PKG-INFO|\.egg-info)$/,
    read: (_match, source, files) => {
      const [head = ''] = (files.text(source) ?? '').split(/\r?\n\r?\n/, 1);
      const field = (name: string) => new RegExp(`^${name}: *(.*?)\\r?$`, 'mi').exec(head)?.[1] || undefined;
      const [name, version] = [field('Name'), field('Version')];
      const license = field('License-Expression') ?? field('License');
      // https://packaging.python.org/en/latest/specifications/name-normalization/
      return packageOf('pypi', name?.toLowerCase().replace(/[-_.]+/g, '-'), version, license, source);
    },
  },
  {
    pattern: /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/,
    read: (_match, source, files) => {
      const { name, version, license } = objectIn(files.text(source));
      return packageOf('npm', name, version, textOf(license) ?? textOf(fieldOf(license, 'type')), source);
    },
  },
  {
    pattern: /\/specifications\/(?:default\/)?([^/]+?)-(\d[^/-]*)(?:-[^/]+)?\.gemspec$/,
    read: ([, name, version], source) => packageOf('gem', name, version, undefined, source),
  },
  {
    pattern: /(?:^|\/)vendor\/composer\/installed\.json$/,
    read: (_match, source, files) => {
      const whole = parsed(files.text(source));
      const list = Array.isArray(whole) ? whole : fieldOf(whole, 'packages');
      return (Array.isArray(list) ? list : []).flatMap((each) => {
        const licenses = fieldOf(each, 'license');
        const license = Array.isArray(licenses) ? licenses.map(String).join(' OR ') : undefined;
        return packageOf('composer', fieldOf(each, 'name'), fieldOf(each, 'version'), license, source);
      });
    },
  },
];

/** Of npm and composer what stands before the slash is a namespace. */
const packageOf = (
  type: Package['type'],
  fullName: unknown,
  version: unknown,
  license: string | undefined,
  source: string,
): readonly Package[] => {
  if (typeof fullName !== 'string' || typeof version !== 'string' || fullName === '' || version === '') return [];
  const slash = fullName.lastIndexOf('/');
  const namespace = slash < 0 ? undefined : fullName.slice(0, slash);
  return [{ type, namespace, name: fullName.slice(slash + 1), version, license, source }];
};

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const objectIn = (text: string | undefined) => {
  const value = parsed(text);
  return { name: fieldOf(value, 'name'), version: fieldOf(value, 'version'), license: fieldOf(value, 'license') };
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
