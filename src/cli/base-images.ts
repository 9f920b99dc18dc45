import type { ImportReport } from '../build/import.ts';
import type { LateImages } from '../build/shared/late-images.ts';
import type { Store } from '../build/store.ts';
import { emptyImage, type Image, isPlatform } from '../oci/image.ts';
import type { NamedContexts } from './build-contexts.ts';
import { type BuildOptions, platformOf } from './build-options.ts';
import { fullName } from './image-names.ts';
import type { Progress, Transfer } from './progress.ts';

/** The images that FROM and `--from` name: given by name, in the store, or pulled. Throws ImageError. */
export const baseImages = (
  contexts: NamedContexts,
  store: Store,
  options: BuildOptions,
  progress: Progress,
  late?: LateImages,
): ((text: string) => Promise<Image>) => {
  const inStore = async (text: string): Promise<Image> => {
    const known = store.image(fullName(text));
    if (known && !options.pull && isPlatform(known.json, options.platform)) return known;
    const { peekImage, pullImage } = await import('../build/pull.ts');
    const { accessTo } = await import('../oci/session.ts');
    const access = accessTo(options.registries, progress.io.env);
    const pulled = async (name: string) => {
      const image = await pullImage(store, name, options.platform, access, pullReport(text, progress.transfer));
      store.saveImage(image, [fullName(text)]);
      return image;
    };
    if (!late) return pulled(fullName(text));
    const { image, name } = await peekImage(store, fullName(text), options.platform, access);
    late.add(image, () => pulled(name));
    return image;
  };
  return async (text) => {
    const given = await contexts.image(text);
    if (given === 'scratch') return emptyImage(platformOf(options.platform));
    return typeof given === 'object' ? given : inStore(given ?? text);
  };
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
