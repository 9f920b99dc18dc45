import type { ImportReport } from '../build/import.ts';
import type { LateImages } from '../build/shared/late-images.ts';
import type { Store } from '../build/store.ts';
import { emptyImage, type Image } from '../oci/image.ts';
import { isPlatform, platformOf, platformText } from '../oci/platform.ts';
import type { NamedContexts } from './build-contexts.ts';
import { warningOf } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import { fullName } from './image-names.ts';
import { onceEach } from './once.ts';
import type { Progress, Transfer } from './progress.ts';

type NamedImage = (text: string, platform: string) => Promise<Image>;

/** The images that FROM and `--from` name: given by name, in the store, or pulled, each once. Throws ImageError. */
export const baseImages = (
  contexts: NamedContexts,
  store: Store,
  options: BuildOptions,
  progress: Progress,
  late?: LateImages,
): NamedImage => {
  const warn = warningOf(options, progress.io);
  const inStore: NamedImage = async (text, platform) => {
    const known = store.image(fullName(text), platform);
    if (known && !options.pull && isPlatform(known.json, platform)) return known;
    const { nameImage, peekImage, pullImage } = await import('../build/pull.ts');
    const { accessTo } = await import('../oci/session.ts');
    const access = accessTo(options.registries, progress.io.env, warn);
    const pulled = async (name: string) => {
      const image = await pullImage(store, name, platform, access, pullReport(text, progress.transfer));
      nameImage(store, fullName(text), image, platform);
      return image;
    };
    if (!late) return pulled(fullName(text));
    const { image, name } = await peekImage(store, fullName(text), platform, access);
    late.add(image, () => pulled(name));
    return image;
  };
  const find: NamedImage = async (text, platform) => {
    const given = await contexts.image(text, platform);
    if (given === 'scratch') return emptyImage(platformOf(platform));
    const image = typeof given === 'object' ? given : await inStore(given ?? text, platform);
    if (!isPlatform(image.json, platform)) warn(`${text} is for ${platformText(image.json)}, not for ${platform}`);
    return image;
  };
  // Builds for several platforms may want the same at once.
  return onceEach((text, platform) => `${text} ${platform}`, find);
};

/** The layers that come in, as a progress tells them. */
export const pullReport =
  (image: string, transfer: (event: Transfer) => void): ImportReport =>
  ({ layer, number, of, bytes, isDone }) =>
    transfer({
      ...{ kind: 'pull', image, bytes },
      layer: layer.descriptor?.digest ?? layer.name,
      place: `${number} of ${of}`,
      total: layer.descriptor?.size,
      ...(isDone ? { end: 'is there' } : {}),
    });
