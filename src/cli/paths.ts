import { realpathSync, statSync } from 'node:fs';

/** The path as reports and ignore files have it: `/` between folders. A backslash is part of a name but on Windows. */
export const withSlashes = (path: string): string => (process.platform === 'win32' ? path.replaceAll('\\', '/') : path);

export const childOf = (folder: string, name: string): string =>
  folder.endsWith('/') ? folder + name : `${folder}/${name}`;

/** The real path of what stands here or is linked from here, if it is a file. */
export const regularFileAt = (place: string): string | undefined => {
  try {
    return statSync(place).isFile() ? withSlashes(realpathSync.native(place)) : undefined;
  } catch {
    return undefined;
  }
};
