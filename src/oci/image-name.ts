import { ImageError } from './error.ts';

/** A full name of an image in its parts: `host/path:tag` or `host/path@digest`. */
export interface ImageName {
  readonly host: string;
  readonly path: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Throws ImageError. */
export const nameParts = (name: string): ImageName => {
  const [, host, path, tag, digest] = /^([^/]+)\/([^:@]+)(?::([^@/]+))?(?:@(.+))?$/.exec(name) ?? [];
  if (host === undefined || path === undefined) throw new ImageError(`\`${name}\` is no full name of an image`);
  return { host, path, tag, digest };
};
