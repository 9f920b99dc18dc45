import { ImageError } from './error.ts';
import type { Image, Platform, PlatformImage } from './image.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm: 'arm/v7' };

/** What programs of this machine are for. */
export const HOST_PLATFORM = `linux/${ARCHITECTURES[process.arch] ?? process.arch}`;

/** Whether it has the system and the processor of this machine. */
export const isNative = (platform: string): boolean =>
  platform.split('/', 2).join() === HOST_PLATFORM.split('/', 2).join();

/** `OS[(VERSION[+FEATURE…])]/ARCHITECTURE[/VARIANT]`, such as `windows(10.0.20348.1)/amd64`. */
const SHAPE = /^([\w.-]+)(?:\(([\w.-]*)((?:\+[\w.-]+)*)\))?\/([\w.-]+)(?:\/([\w.-]+))?$/;

export const isPlatformText = (text: string): boolean => SHAPE.test(text);

/** Of a text such as `linux/arm/v7`. Throws ImageError where it names no platform. */
export const platformOf = (text: string): Platform => {
  const [, os, version, features, architecture, variant] = SHAPE.exec(text) ?? [];
  if (os === undefined || architecture === undefined) throw new ImageError(`\`${text}\` is no platform`);
  return barePlatform({
    ...{ os, architecture, variant: variant ?? '', 'os.version': version ?? '' },
    'os.features': features ? features.slice(1).split('+') : [],
  });
};

/** What tells for which machines something is, and nothing else of it, nor what is empty. */
export const barePlatform = (of: Platform): Platform => {
  const { os, architecture, variant, 'os.version': version, 'os.features': features = [] } = of;
  return {
    architecture,
    os,
    ...(variant ? { variant } : {}),
    ...(version ? { 'os.version': version } : {}),
    ...(features.length > 0 ? { 'os.features': features } : {}),
  };
};

export const platformText = (platform: Platform): string => {
  const { os, architecture, variant, 'os.version': version = '', 'os.features': features = [] } = platform;
  const more = [version, ...features].join('+');
  return [more === '' ? os : `${os}(${more})`, architecture, variant].filter(Boolean).join('/');
};

/** Whether what is for a platform runs where a text names; a variant and a version that are not told may be any. */
export const isPlatform = (platform: Platform | undefined, text: string): boolean =>
  distanceFrom(platform, text) !== undefined;

/** Whether a platform is the very one that a text names. */
export const isSamePlatform = (platform: Platform, text: string): boolean => distanceFrom(platform, text) === 0;

/** How far what is for a platform is from being for the one that a text names; undefined where it is no use there. */
const distanceFrom = (platform: Platform | undefined, text: string): number | undefined => {
  const wanted = platformOf(text);
  if (!platform || platform.os !== wanted.os || platform.architecture !== wanted.architecture) return undefined;
  if (platform.os === 'windows' && !isVersion(platform['os.version'], wanted['os.version'])) return undefined;
  return stepsBelow(platform, wanted);
};

/** What is meant where no variant is told. */
const USUAL: ReadonlyMap<string, string> = new Map([
  ['amd64', 'v1'],
  ['arm64', 'v8'],
  ['arm', 'v7'],
]);

/** Farther than any that is told. */
const UNTOLD = 100;

/** Processors of a variant run what is for those before it, as containerd has it. */
const stepsBelow = ({ architecture, variant: own }: Platform, { variant: other }: Platform): number | undefined => {
  const usual = USUAL.get(architecture);
  const [variant = '', wanted = ''] = [own || usual, other || usual];
  if (variant === wanted) return 0;
  const steps = levelOf(wanted) - levelOf(variant);
  if (steps > 0) return steps;
  return own && wanted !== '' ? undefined : UNTOLD;
};

/** `v8.2` is 8.2. */
const levelOf = (variant: string): number => Number(/^v?(\d+(?:\.\d+)?)$/.exec(variant)?.[1] ?? Number.NaN);

/** Windows counts its builds by three numbers; what follows them is how often one was mended. */
const isVersion = (version: string | undefined, wanted: string | undefined): boolean => {
  const [own, asked] = [version, wanted].map((each) => /^\d+\.\d+\.\d+/.exec(each ?? '')?.[0]);
  return own === undefined || asked === undefined || own === asked;
};

/** An image under the platform that it names itself. */
export const withPlatform = (image: Image): PlatformImage => ({ platform: platformText(image.json), image });

/** The one of several that is for a platform. */
export const forPlatform = <T extends { readonly platform: string }>(
  several: readonly T[],
  wanted: string,
): T | undefined =>
  several.find(({ platform }) => platform === wanted) ??
  nearest(several, ({ platform }) => platformOf(platform), wanted);

/** Of several what is for a platform, or runs there and comes nearest to it. */
export const nearest = <T>(
  several: readonly T[],
  platformIn: (each: T) => Platform | undefined,
  wanted: string,
): T | undefined => {
  let best: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const each of several) {
    const distance = distanceFrom(platformIn(each), wanted) ?? Number.POSITIVE_INFINITY;
    if (distance < least) [best, least] = [each, distance];
  }
  return best;
};
