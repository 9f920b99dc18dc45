import type { Image, Platform, PlatformImage } from './image.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm: 'arm/v7' };

/** What programs of this machine are for. */
export const HOST_PLATFORM = `linux/${ARCHITECTURES[process.arch] ?? process.arch}`;

/** Whether it has the system and the processor of this machine. */
export const isNative = (platform: string): boolean =>
  platform === HOST_PLATFORM || platform.split('/', 2).join() === HOST_PLATFORM.split('/', 2).join();

/** Of a text such as `linux/arm/v7`. */
export const platformOf = (text: string): Platform => {
  const [os = 'linux', architecture = 'amd64', variant] = text.split('/');
  return { os, architecture, ...(variant ? { variant } : {}) };
};

export const platformText = ({ os, architecture, variant }: Platform): string =>
  [os, architecture, variant].filter(Boolean).join('/');

/** Whether a platform is one such as `linux/arm/v7`; a variant that is not told may be any. */
export const isPlatform = (platform: Platform | undefined, wanted: string): boolean => {
  const [os, architecture, variant] = wanted.split('/');
  const isSame = platform?.os === os && platform?.architecture === architecture;
  return isSame && (variant === undefined || platform?.variant === undefined || platform.variant === variant);
};

/** An image under the platform that it names itself. */
export const withPlatform = (image: Image): PlatformImage => ({ platform: platformText(image.json), image });

/** The one of several that is for a platform. */
export const forPlatform = <T extends { readonly platform: string }>(
  several: readonly T[],
  wanted: string,
): T | undefined =>
  several.find(({ platform }) => platform === wanted) ??
  several.find(({ platform }) => isPlatform(platformOf(platform), wanted));
