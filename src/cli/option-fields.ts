import { LEVELS } from '../build/compressions.ts';
import type { LayerForm } from '../build/export.ts';
import { ConfigError } from '../config/error.ts';
import { nearest } from '../source/nearest.ts';

/** The value of an option that is made of fields, such as `type=local,dest=out`. */
export type Fields = ReadonlyMap<string, string>;

/** `example` is such a field. Throws ConfigError. */
export const fieldsIn = (option: string, text: string, example: string): Fields =>
  new Map(
    text.split(',').map((field) => {
      const equals = field.indexOf('=');
      if (equals < 1) throw new ConfigError(`--${option} takes fields such as ${example}, not \`${field}\``);
      return [field.slice(0, equals).trim(), field.slice(equals + 1)] as const;
    }),
  );

/** Throws ConfigError where there is a field that the type has not; some may be there and mean nothing. */
export const rejectOtherFields = (
  option: string,
  type: string,
  fields: Fields,
  allowed: readonly string[],
  needless: readonly string[] = [],
): void => {
  for (const name of fields.keys()) {
    if (name === 'type' || allowed.includes(name) || needless.includes(name)) continue;
    const near = nearest(name, allowed);
    const meant = near ? ` (did you mean \`${near}\`?)` : '';
    throw new ConfigError(`--${option} type=${type} has no \`${name}\`${meant}; it has ${allowed.join(', ')}`);
  }
};

/** With the level that is asked for, or the usual one; `option` is what asks for it. Throws ConfigError. */
export const layerFormOf = (
  compression: LayerForm['compression'],
  asked: string | undefined,
  option: string,
): LayerForm => {
  if (compression === 'none') return { compression, level: 0 };
  const [usual, most] = LEVELS[compression];
  const level = asked ?? String(usual);
  if (!/^\d+$/.test(level) || Number(level) > most || Number(level) < 1)
    throw new ConfigError(`${option} of ${compression} is 1 to ${most}, not \`${level}\``);
  return { compression, level: Number(level) };
};
