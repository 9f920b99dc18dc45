import type { Flag } from './nodes.ts';

/** The flag's value as BuildKit reads it; undefined without `=`. */
export const flagValue = (flag: Flag): string | undefined => {
  const equals = flag.text.indexOf('=');
  return equals < 0 ? undefined : flag.text.slice(equals + 1);
};
