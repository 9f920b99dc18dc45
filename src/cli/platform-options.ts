import { ConfigError } from '../config/error.ts';
import { SYSTEMS, wholePlatform } from '../model/platforms.ts';
import { HOST_PLATFORM, isPlatformText } from '../oci/platform.ts';
import { type Given, listOf, textOf } from './given.ts';

/** The platform that is asked for, if one is. Throws ConfigError. */
export const askedPlatform = (given: Given): string | undefined => {
  const text = textOf(given, 'platform');
  if (text?.includes(',')) throw new ConfigError(`--platform takes one platform here, not \`${text}\``);
  return text === undefined ? undefined : checkedPlatform(text);
};

/** The platform that is asked for, or this machine's. Throws ConfigError. */
export const platformIn = (given: Given): string => askedPlatform(given) ?? HOST_PLATFORM;

/** The platforms that are asked for, each once and in their order, or this machine's. Throws ConfigError. */
export const platformsIn = (given: Given): readonly string[] => {
  const asked = listOf(given, 'platform').map((each) => checkedPlatform(each));
  return asked.length > 0 ? [...new Set(asked)] : [HOST_PLATFORM];
};

/** In the names that builders give it; `option` is where it stands. Throws ConfigError. */
export const checkedPlatform = (text: string, option = '--platform'): string => {
  const platform = text === 'local' ? HOST_PLATFORM : wholePlatform(text);
  // Of a system alone docker takes what the machine is that builds.
  const isWhole = text.includes('/') || text === 'local' || !SYSTEMS.includes(text.toLowerCase());
  if (isWhole && isPlatformText(platform)) return platform;
  throw new ConfigError(`${option} takes OS[(VERSION)]/ARCHITECTURE[/VARIANT], such as linux/arm64, not \`${text}\``);
};
