import type { KnownImage } from './known-images.ts';

/** The instructions that make a container run without root rights on a base; `USER` comes last. */
export const unprivilegedSteps = (base: KnownImage | undefined): readonly [...string[], string] => {
  if (base?.account !== undefined) return [`USER ${base.account}`];
  if (base?.accounts === 'adduser') return ['RUN addgroup -S app && adduser -S -G app app', 'USER app'];
  if (base?.accounts === 'useradd') return ['RUN useradd --create-home app', 'USER app'];
  return ['USER 10001:10001'];
};
