import { COMPRESSIONS } from '../build/compressions.ts';
import type { LayerForm } from '../build/export.ts';
import { ConfigError } from '../config/error.ts';
import { entryOf } from '../source/entry.ts';
import { type Given, textsOf } from './given.ts';
import { type Fields, fieldsIn, layerFormOf, rejectOtherFields } from './option-fields.ts';

/** A cache that a build may take layers from. */
export type CacheFrom =
  | { readonly type: 'local'; readonly folder: string; readonly tag: string | undefined }
  | { readonly type: 'registry'; readonly name: string };

/** A cache that a build hands its layers to. */
export type CacheTo = CacheFrom & {
  readonly mode: 'min' | 'max';
  readonly form: LayerForm;
  /** Whether it may fail. */
  readonly isOptional: boolean;
};

/** How caches are handed out, as other builders have them; those of the second list change nothing here. */
const FROM = { local: ['src', 'tag'], registry: ['ref'] } as const;
const TO = {
  local: ['dest', 'tag', 'mode', 'compression', 'compression-level', 'ignore-error'],
  registry: ['ref', 'mode', 'compression', 'compression-level', 'ignore-error'],
} as const;
const NEEDLESS = ['image-manifest', 'oci-mediatypes', 'oci-artifact', 'force-compression'];

/** `--cache-from type=local,src=FOLDER`, `type=registry,ref=NAME`, or a name alone. Throws ConfigError. */
export const cachesFrom = (given: Given): readonly CacheFrom[] =>
  textsOf(given, 'cache-from').map((text) => placeOf('cache-from', fieldsOf('cache-from', text), FROM, 'src'));

/** As `cachesFrom`, with `dest` instead of `src`. Throws ConfigError. */
export const cachesTo = (given: Given): readonly CacheTo[] =>
  textsOf(given, 'cache-to').map((text) => {
    const fields = fieldsOf('cache-to', text);
    return {
      ...placeOf('cache-to', fields, TO, 'dest'),
      mode: fieldIn(fields, 'mode', ['min', 'max'] as const) ?? 'min',
      form: formOf(fields),
      isOptional: fieldIn(fields, 'ignore-error', ['true', 'false'] as const) === 'true',
    };
  });

const fieldsOf = (option: string, text: string): Fields => {
  if (!text.includes('='))
    return new Map([
      ['type', 'registry'],
      ['ref', text],
    ]);
  return fieldsIn(option, text, 'type=local');
};

const placeOf = (
  option: string,
  fields: Fields,
  allowed: Readonly<Record<CacheFrom['type'], readonly string[]>>,
  folderField: 'src' | 'dest',
): CacheFrom => {
  const type = typeOf(option, fields);
  rejectOtherFields(option, type, fields, allowed[type], NEEDLESS);
  const folder = fields.get(folderField);
  const name = fields.get('ref');
  if (type === 'local' && folder) return { type, folder, tag: fields.get('tag') };
  if (type === 'registry' && name) return { type, name };
  const needed = type === 'local' ? `${folderField}=FOLDER` : 'ref=registry.example.com/team/app:cache';
  throw new ConfigError(`--${option} type=${type} needs a place, as in --${option} type=${type},${needed}`);
};

const typeOf = (option: string, fields: Fields): CacheFrom['type'] => {
  const type = fields.get('type');
  if (type === 'local' || type === 'registry') return type;
  throw new ConfigError(
    type === undefined
      ? `--${option} needs a type, local or registry`
      : `--${option} has no type \`${type}\`; it has local and registry. ${entryOf(HINTS, type) ?? USUAL_HINT}`,
  );
};

const USUAL_HINT = 'A folder of type=local can be kept by whatever else keeps files between builds';
const INLINE = 'holds no cache of its own here';
const HINTS: Readonly<Record<string, string>> = {
  inline: `An image ${INLINE}: type=registry,ref=NAME puts it under another tag`,
};

/** What is to be said of `--build-arg BUILDKIT_INLINE_CACHE=1`, which asks other builders for such a cache. */
export const inlineNotice = (buildArgs: readonly string[]): string | undefined =>
  buildArgs.some((text) => /^BUILDKIT_INLINE_CACHE=(?:1|t|true)$/i.test(text))
    ? `BUILDKIT_INLINE_CACHE does nothing: an image ${INLINE}; --cache-to and --cache-from type=registry,ref=NAME:cache keep it under a tag`
    : undefined;

const fieldIn = <T extends string>(fields: Fields, name: string, choices: readonly T[]): T | undefined => {
  const text = fields.get(name);
  const found = choices.find((choice) => choice === text);
  if (text !== undefined && found === undefined)
    throw new ConfigError(`--cache-to: ${name} is ${choices.join(' or ')}, not \`${text}\``);
  return found;
};

const formOf = (fields: Fields): CacheTo['form'] =>
  layerFormOf(
    fieldIn(fields, 'compression', COMPRESSIONS) ?? 'gzip',
    fields.get('compression-level'),
    '--cache-to: compression-level',
  );
