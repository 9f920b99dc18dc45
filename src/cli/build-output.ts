import { COMPRESSIONS, type Compression } from '../build/compressions.ts';
import type { LayerForm } from '../build/export.ts';
import { ConfigError } from '../config/error.ts';
import { choiceOf, type Given, isOn, textOf, textsOf } from './given.ts';
import { type Fields, fieldsIn, layerFormOf, rejectOtherFields } from './option-fields.ts';

/** Where the image goes besides the store. */
export type Output = ImageOutput | FilesOutput | PushOutput;

/** The image itself: one archive, or a layout in a folder. */
export interface ImageOutput extends LayerForm {
  readonly type: 'oci' | 'docker';
  /** `-` is standard output. */
  readonly dest: string;
  readonly tar: boolean;
}

/** Its files: in a folder, or one archive. */
export interface FilesOutput {
  readonly type: 'local' | 'tar';
  readonly dest: string;
  /** Whether each platform has a folder of its own. */
  readonly isSplit: boolean;
}

export interface PushOutput extends LayerForm {
  readonly type: 'registry';
  /** Other names than those of --tag. */
  readonly names: readonly string[];
}

const TYPES = ['oci', 'docker', 'local', 'tar', 'registry'] as const;
type OutputType = (typeof TYPES)[number];

/** Fields that an output of each type may have besides its type. */
const FIELDS: Readonly<Record<OutputType, readonly string[]>> = {
  oci: ['dest', 'tar', 'compression', 'compression-level'],
  docker: ['dest', 'tar', 'compression', 'compression-level'],
  local: ['dest', 'platform-split'],
  tar: ['dest', 'platform-split'],
  registry: ['name', 'compression', 'compression-level'],
};

/** The outputs that are asked for; `--push` is one too. */
export const outputsOf = (given: Given, platforms: readonly string[]): readonly Output[] => {
  const outputs = textsOf(given, 'output').map((text) => outputOf(text, given, platforms));
  const pushes = isOn(given, 'push') && !outputs.some(({ type }) => type === 'registry');
  const all = pushes ? [...outputs, outputOf('type=registry', given, platforms)] : outputs;
  if (all.filter((each) => 'dest' in each && each.dest === '-').length > 1)
    throw new ConfigError('only one --output can go to standard output');
  if (isOn(given, 'quiet') && all.some((each) => 'dest' in each && each.dest === '-'))
    throw new ConfigError('--quiet prints the id where the archive goes, to standard output: leave one of them out');
  return all;
};

const outputOf = (text: string, given: Given, platforms: readonly string[]): Output => {
  const fields = fieldsOf(text);
  const type = typeOf(fields, text);
  rejectOtherFields('output', type, fields, FIELDS[type]);
  if (type === 'docker' && platforms.length > 1)
    throw new ConfigError(
      `--output type=docker holds one platform, and ${platforms.length} are asked for: type=oci has room for all, or build for one by --platform ${platforms[0]}`,
    );
  const form = formOf(fields, type === 'docker' ? 'none' : 'gzip', given);
  if (type === 'registry') return { type, names: (fields.get('name') ?? '').split(';').filter(Boolean), ...form };
  const tar = isTrue('tar', fields, true);
  const dest = fields.get('dest') ?? (type === 'local' || !tar ? undefined : '-');
  if (!dest) throw new ConfigError(`--output type=${type} needs a folder, as in --output type=${type},dest=FOLDER`);
  if (dest === '-' && (type === 'local' || !tar))
    throw new ConfigError(`--output ${text} is a folder, which cannot go to standard output`);
  if (type !== 'local' && type !== 'tar') return { type, dest, tar, ...form };
  return { type, dest, isSplit: isTrue('platform-split', fields, platforms.length > 1) };
};

const isTrue = (name: string, fields: Fields, usual: boolean): boolean => {
  const text = fields.get(name) ?? String(usual);
  if (text !== 'true' && text !== 'false') throw new ConfigError(`${name} is true or false, not \`${text}\``);
  return text === 'true';
};

/** `FOLDER` alone is `type=local,dest=FOLDER`, and `-` is `type=tar,dest=-`. */
const fieldsOf = (text: string): Fields => {
  if (text === '-')
    return new Map([
      ['type', 'tar'],
      ['dest', '-'],
    ]);
  if (!text.includes('='))
    return new Map([
      ['type', 'local'],
      ['dest', text],
    ]);
  return fieldsIn('output', text, 'dest=FILE');
};

const typeOf = (fields: Fields, text: string): OutputType => {
  const given = fields.get('type');
  const type = TYPES.find((each) => each === given);
  if (type) return type;
  throw new ConfigError(
    given === undefined
      ? `--output needs a type, as in --output type=oci,dest=image.tar, not \`${text}\``
      : `--output has no type \`${given}\`; it has ${TYPES.join(', ')}`,
  );
};

const formOf = (fields: Fields, usual: Compression, given: Given): LayerForm => {
  const text = fields.get('compression') ?? choiceOf(given, 'compression', COMPRESSIONS) ?? usual;
  const compression = COMPRESSIONS.find((each) => each === text);
  if (!compression) throw new ConfigError(`compression is ${COMPRESSIONS.join(', ')}, not \`${text}\``);
  const level = fields.get('compression-level') ?? textOf(given, 'compression-level');
  return layerFormOf(compression, level, '--compression-level');
};

/** How `push` and `save` hand layers out. */
export const layerForm = (given: Given, usual: Compression): LayerForm => formOf(new Map(), usual, given);
