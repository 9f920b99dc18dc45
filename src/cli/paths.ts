/** The path as reports and ignore files have it: `/` between folders. A backslash is part of a name but on Windows. */
export const withSlashes = (path: string): string => (process.platform === 'win32' ? path.replaceAll('\\', '/') : path);

export const childOf = (folder: string, name: string): string =>
  folder.endsWith('/') ? folder + name : `${folder}/${name}`;
