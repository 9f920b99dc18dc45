import { createRequire } from 'node:module';

/** Extended attributes of files, links not followed, as the optional package `@napi-rs/xattr` has them. */
export interface AttributeLibrary {
  readonly getAttributeSync: (path: string, name: string) => Uint8Array | null;
  readonly setAttributeSync: (path: string, name: string, value: Uint8Array) => void;
}

let known: { readonly library: AttributeLibrary | undefined } | undefined;

/** Undefined where it is not installed; what it needs is in the package itself. */
export const attributeLibrary = (): AttributeLibrary | undefined => {
  known ??= { library: load() };
  return known.library;
};

const load = (): AttributeLibrary | undefined => {
  try {
    return createRequire(import.meta.url)('@napi-rs/xattr');
  } catch {
    return undefined;
  }
};

/** What a program may do that its user may not: the only attribute that images keep. */
export const CAPABILITY = 'security.capability';

/**
 * Gives a file its attributes by the library; those that file systems may lack are passed over, and so are the signs of
 * overlays, which are none of an image's. A text says why it has not its capabilities.
 */
export const setAttributes = (path: string, attributes: ReadonlyMap<string, Uint8Array>): string | undefined => {
  const library = attributeLibrary();
  let problem = library ? undefined : 'npm install @napi-rs/xattr writes them';
  for (const [name, value] of attributes) {
    if (name.includes('.overlay.')) continue;
    try {
      library?.setAttributeSync(path, name, value);
    } catch (error) {
      if (name === CAPABILITY) problem = error instanceof Error ? error.message : String(error);
    }
  }
  return attributes.has(CAPABILITY) ? problem : undefined;
};
