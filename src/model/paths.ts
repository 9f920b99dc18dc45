/** Whether a path is absolute on Linux or on Windows. */
export const isAbsolutePath = (path: string): boolean => /^(?:[\\/]|[a-z]:[\\/])/i.test(path);

/** Takes `.`, `..` and doubled slashes out; `/` stays `/`. */
export const cleanPath = (path: string): string => {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length && parts.at(-1) !== '..') parts.pop();
    else if (!absolute) parts.push('..');
  }
  const joined = parts.join('/');
  if (absolute) return `/${joined}`;
  return joined || '.';
};

/** The directory after `WORKDIR path`; undefined when it is relative to one that is not known. `rooted`: an unset one is `/`. */
export const joinPath = (current: string | undefined, path: string, rooted: boolean): string | undefined => {
  if (path.startsWith('/')) return path;
  if (isAbsolutePath(path)) return rooted ? cleanPath(`${current ?? '/'}/${path}`) : path;
  if (current === undefined && !rooted) return undefined;
  return cleanPath(`${current || '/'}/${path}`);
};

/** Whether a path goes above where it starts, at any point. */
export const leavesRoot = (path: string): boolean => {
  if (!path.includes('..')) return false;
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
};
