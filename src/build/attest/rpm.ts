import type { Found, ImageFiles, Package } from './packages.ts';

const FOLDERS = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];
const DATABASES = ['rpmdb.sqlite', 'Packages', 'Packages.db'];

/** A list that some images without rpm have, a line for each package with tabs between its fields. */
const MANIFEST = 'var/lib/rpmmanifest/container-manifest-2';

/** What a plain list tells; the databases of rpm are binary, and it is said where there is one. */
export const rpmPackages = (files: ImageFiles, distribution: string): Pick<Found, 'packages' | 'gaps'> => {
  const packages = (files.text(MANIFEST) ?? '').split('\n').flatMap((line) => packageOf(line, distribution));
  const database = FOLDERS.flatMap((folder) => DATABASES.map((name) => `${folder}/${name}`)).find(files.has);
  const isGap = database !== undefined && packages.length === 0;
  return { packages, gaps: isGap ? [`the rpm database /${database} is not read: its packages are missing`] : [] };
};

const packageOf = (line: string, distribution: string): readonly Package[] => {
  const [name, version, , , maintainer, , , architecture] = line.split('\t');
  if (!name || !version) return [];
  const more = { architecture: told(architecture), maintainer: told(maintainer) };
  return [{ type: 'rpm', namespace: distribution || undefined, name, version, ...more, source: MANIFEST }];
};

const told = (text: string | undefined): string | undefined => (text === '(none)' ? undefined : text || undefined);
