import { capabilitiesOf } from './attributes.ts';

/** Capabilities of programs by their places, asked for together, since each question may start other programs. */
export interface AskedCapabilities {
  /** It will be asked for. */
  add(path: string): void;
  of(path: string): Uint8Array | undefined;
  /** Whether some could not be read, so that nothing may be remembered. */
  isBlind(): boolean;
}

/** `warn` is told of programs whose capabilities nothing on the machine can read. Paths are absolute. */
export const askedCapabilities = (warn: (text: string) => void): AskedCapabilities => {
  const asked = new Set<string>();
  const known = new Map<string, Uint8Array | undefined>();
  let isBlind = false;
  const onLoss = (text: string) => {
    isBlind = true;
    warn(text);
  };
  return {
    add: (path) => asked.add(path.slice(1)),
    of(path) {
      const paths = [...asked].filter((each) => !known.has(each));
      asked.clear();
      const values = paths.length > 0 ? capabilitiesOf('/', paths, onLoss) : known;
      for (const each of paths) known.set(each, values.get(each));
      return known.get(path.slice(1));
    },
    isBlind: () => isBlind,
  };
};
