import type { Found, ImageFiles, Package } from './packages.ts';
import { berkeleyHeaders } from './rpm/berkeley.ts';
import type { ReadDatabase } from './rpm/database.ts';
import { type Installed, installedIn, type RpmPackage } from './rpm/installed.ts';
import { ndbHeaders } from './rpm/ndb.ts';
import { sqliteHeaders } from './rpm/sqlite.ts';

const FOLDERS = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];

/** The name of a database tells its format. */
const READERS: Readonly<Record<string, ReadDatabase>> = {
  'rpmdb.sqlite': sqliteHeaders,
  'Packages.db': ndbHeaders,
  Packages: berkeleyHeaders,
};

/** A list that some images without rpm have. */
const MANIFEST = 'var/lib/rpmmanifest/container-manifest-2';

/** What rpm has installed: of the first database that tells of any, or of the list. */
export const rpmPackages = (files: ImageFiles, distribution: string): Pick<Found, 'packages' | 'gaps'> => {
  const gaps: string[] = [];
  for (const [path, read] of databasesIn(files)) {
    const { packages, flaw } = installedAt(files, path, read);
    if (flaw) gaps.push(gapOf(path, flaw, packages.length));
    if (packages.length > 0) return { packages: toldOf(packages, path, distribution), gaps };
  }
  const listed = (files.text(MANIFEST) ?? '').split('\n').flatMap(packageIn);
  return { packages: toldOf(listed, MANIFEST, distribution), gaps };
};

/** By their places, since one folder may be a link to another. */
const databasesIn = (files: ImageFiles): ReadonlyMap<string, ReadDatabase> => {
  const found = new Map<string, ReadDatabase>();
  for (const folder of FOLDERS)
    for (const [name, read] of Object.entries(READERS)) {
      const path = `${folder}/${name}`;
      if (files.has(path)) found.set(files.place(path), read);
    }
  return found;
};

const NONE: Installed = { packages: [] };

const installedAt = (files: ImageFiles, path: string, read: ReadDatabase): Installed =>
  files.parts(path, (file) => {
    const logged = files.parts(`${path}-wal`, (log) => installedIn(read(file, log), file.size + log.size));
    return logged ?? installedIn(read(file), file.size);
  }) ?? NONE;

const gapOf = (path: string, flaw: string, count: number): string =>
  count === 0
    ? `the rpm database /${path} is not read, since ${flaw}: its packages are missing`
    : `the rpm database /${path} is read in part, since ${flaw}: packages may be missing`;

/** The fields of a line have tabs between them. */
const packageIn = (line: string): readonly RpmPackage[] => {
  const [name, version, , , vendor, epoch, , architecture, , upstream] = line.split('\t');
  if (!name || !version) return [];
  const more = Object.entries({ vendor, epoch, architecture, upstream });
  return [{ name, version, ...Object.fromEntries(more.filter(([, value]) => value && value !== '(none)')) }];
};

/** Keys that rpm trusts stand among its packages, and are none. */
const KEY = 'gpg-pubkey';

const toldOf = (packages: readonly RpmPackage[], source: string, distribution: string): readonly Package[] =>
  packages.flatMap(({ release, ...told }) => {
    if (told.name === KEY) return [];
    const version = release ? `${told.version}-${release}` : told.version;
    return [{ type: 'rpm', namespace: namespaceOf(distribution), ...told, version, source } as const];
  });

/** https://github.com/package-url/purl-spec/blob/main/types-doc/rpm-definition.md */
const namespaceOf = (distribution: string): string | undefined => {
  if (distribution === 'rhel') return 'redhat';
  return distribution.replace(/^opensuse-.*/, 'opensuse') || undefined;
};
