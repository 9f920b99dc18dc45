import { wholePlatform } from '../model/platforms.ts';
import type { Image, ImageJson, Platform } from '../oci/image.ts';
import { barePlatform, isPlatformText, platformOf, platformText } from '../oci/platform.ts';

/**
 * What a build makes is for the platform that is asked for, whatever it stands on, as BuildKit has it; where none is asked for,
 * and in what is not told of it, for that of its base.
 */
export const forTarget = (image: Image, asked: Platform | undefined): Image => {
  const { json } = image;
  const isOther = asked !== undefined && (asked.os !== json.os || asked.architecture !== json.architecture);
  const platform = wholeOf(isOther ? asked : { ...barePlatform(json), ...asked });
  return platformText(platform) === platformText(json) ? image : { ...image, json: jsonFor(json, platform) };
};

/** In the names that builders give it. */
const wholeOf = (platform: Platform): Platform => {
  const text = wholePlatform(platformText(platform));
  return isPlatformText(text) ? platformOf(text) : platform;
};

const jsonFor = (json: ImageJson, platform: Platform): ImageJson => {
  const { os: _os, architecture: _architecture, variant: _variant, ...rest } = json;
  const { 'os.version': _version, 'os.features': _features, ...others } = rest;
  return { ...platform, ...others };
};
