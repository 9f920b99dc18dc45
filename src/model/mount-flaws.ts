import { flagValue } from '../ast/flag-value.ts';
import { parseWordText } from '../ast/line.ts';
import { type Field, readFields } from '../ast/mount.ts';
import type { Flag, Iechorfile, Run } from '../ast/nodes.ts';
import { nearest } from '../source/nearest.ts';
import type { Range } from '../source/range.ts';
import { type Environment, expand } from './expand.ts';
import type { Model } from './index.ts';
import { environmentOf } from './scope.ts';

/** Something in a `RUN --mount=…` that ends the build, at its place. */
export interface MountFlaw extends Range {
  readonly message: string;
  /** What to write instead. */
  readonly help: string;
  /** What was probably meant in its place. */
  readonly near: string | undefined;
}

/** What BuildKit refuses in the mounts of a RUN: the first flaw of each. What is no list of fields is a matter of syntax. */
export const mountFlaws = (model: Model, run: Run): readonly MountFlaw[] => {
  const environment = environmentOf(model.stateBefore(run));
  const mounts = run.flags.filter(({ name }) => name.text === 'mount');
  return mounts.flatMap((flag) => flawOf(model.file, flag, environment) ?? []);
};

/** The first flaw of one `--mount`. */
export const flawOf = (file: Iechorfile, flag: Flag, environment: Environment): MountFlaw | undefined =>
  firstFlaw(fieldsOf(file, flag, environment), flag);

export const MOUNT_TYPES = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'] as const;
export type MountType = (typeof MOUNT_TYPES)[number];

/** A field at its place, its value expanded; undefined where that is not known. */
interface PlacedField extends Field, Range {
  readonly bare: boolean;
}

const fieldsOf = ({ escape, text }: Iechorfile, flag: Flag, environment: Environment): readonly PlacedField[] => {
  const fields = readFields(flagValue(flag) ?? '');
  if (typeof fields === 'string') return [];
  const placed: PlacedField[] = [];
  let from = flag.value?.start ?? flag.start;
  for (const field of fields) {
    const start = text.indexOf(field.text, from);
    const isFound = start >= 0 && start < flag.end;
    const range = isFound ? { start, end: start + field.text.length } : { start: flag.start, end: flag.end };
    if (isFound) from = range.end;
    const { key, text: written } = field;
    const value = field.value === undefined ? undefined : expand(parseWordText(field.value, escape), environment).value;
    placed.push({ key, text: written, start: range.start, end: range.end, value, bare: field.value === undefined });
  }
  return placed;
};

const SWITCHES = ['readonly', 'readwrite', 'required', 'ro', 'rw'];
const KEYS = [
  ...['type', 'from', 'source', 'target', 'id', 'sharing', 'size', 'mode', 'uid', 'gid', 'env'],
  ...SWITCHES,
  ...['src', 'dst', 'destination'],
];
const SHARING = ['shared', 'private', 'locked'];

const firstFlaw = (fields: readonly PlacedField[], flag: Flag): MountFlaw | undefined => {
  let type: MountType | undefined = 'bind';
  for (const field of fields) {
    const flaw = keyFlaw(field) ?? valueFlaw(field) ?? typeFlaw(field, type);
    if (flaw) return flaw;
    if (field.key === 'type') type = MOUNT_TYPES.find((each) => each === field.value?.toLowerCase());
  }
  return type && combinationFlaw(fields, type, flag);
};

const flawAt = (at: Range, message: string, help: string): MountFlaw => ({
  start: at.start,
  end: at.end,
  message,
  help,
  near: undefined,
});

const listed = (known: readonly string[]): string => {
  const quoted = known.map((each) => `\`${each}\``);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
};

/** A name that there is not. */
const unknownAt = ({ start, end }: Range, message: string, name: string, known: readonly string[]): MountFlaw => {
  const near = nearest(name, known);
  const help = near ? `Write \`${near}\`.` : `Write ${listed(known)}.`;
  return { start, end, message, help, near };
};

const keyFlaw = (field: PlacedField): MountFlaw | undefined => {
  const { bare, key, start } = field;
  const at = { start, end: Math.min(field.end, start + key.length) };
  if (key === '')
    return flawAt(at, 'An option of the mount is empty', 'Leave no blank after a comma: it ends the options.');
  if (!KEYS.includes(key)) return unknownAt(at, `A mount has no option \`${key}\``, key, bare ? SWITCHES : KEYS);
  return bare && !SWITCHES.includes(key) ? flawAt(at, `\`${key}\` has no value`, `Write \`${key}=…\`.`) : undefined;
};

const valueFlaw = (field: PlacedField): MountFlaw | undefined => {
  const { bare, key, value } = field;
  if (bare || value === undefined) return undefined;
  const at = { start: Math.min(field.end, field.start + key.length + 1), end: field.end };
  if (key === 'type' && !MOUNT_TYPES.some((type) => type === value.toLowerCase()))
    return unknownAt(at, `There is no mount type \`${value}\``, value, MOUNT_TYPES);
  if (key === 'sharing' && !SHARING.includes(value.toLowerCase()))
    return unknownAt(at, `A cache cannot be shared as \`${value}\``, value, SHARING);
  if (SWITCHES.includes(key) && !/^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value))
    return flawAt(at, `\`${key}\` is true or false, not \`${value}\``, `Write \`${key}\`, or delete it.`);
  if (key === 'mode' && !/^[0-7]+$/.test(value))
    return flawAt(
      at,
      `\`mode\` is an octal number, not \`${value}\``,
      'Write it in octal digits, such as `mode=0755`.',
    );
  if (/^[ug]id$/.test(key) && !/^\d+$/.test(value))
    return flawAt(
      at,
      `\`${key}\` is a number, not \`${value}\``,
      'Write the number of the id: names are not looked up here.',
    );
  if (key === 'size' && !/^\d+(?:\.\d+)? ?(?:[kmgtp]i?)?b?$/i.test(value))
    return flawAt(
      at,
      `\`size\` is a number of bytes, not \`${value}\``,
      'Write a number with its unit, such as `size=64m`.',
    );
  return undefined;
};

/** Options that BuildKit takes only once it has read the type they belong to. */
const typeFlaw = (field: PlacedField, type: MountType | undefined): MountFlaw | undefined => {
  if (type === undefined) return undefined;
  if (field.key === 'size' && type !== 'tmpfs')
    return flawAt(field, `A ${type} mount takes no \`size\``, 'Write it after `type=tmpfs`, or delete it.');
  if (field.key === 'required' && type !== 'secret' && type !== 'ssh')
    return flawAt(field, `A ${type} mount takes no \`required\``, 'Write it after `type=secret`, or delete it.');
  return undefined;
};

const combinationFlaw = (fields: readonly PlacedField[], type: MountType, flag: Flag): MountFlaw | undefined => {
  const find = (...keys: readonly string[]) => fields.find(({ key }) => keys.includes(key));
  const owner = find('mode', 'uid', 'gid');
  if (owner && (type === 'bind' || type === 'tmpfs'))
    return flawAt(
      owner,
      `A ${type} mount takes no \`${owner.key}\``,
      'Delete it: only cache, secret and ssh mounts take it.',
    );
  const sharing = find('sharing');
  if (sharing && type !== 'cache')
    return flawAt(sharing, `A ${type} mount takes no \`sharing\``, 'Delete it: only a cache is shared.');
  if (type !== 'secret') return undefined;
  const from = find('from');
  if (from) return flawAt(from, 'A secret mount takes no `from`', 'Name the secret by its `id`.');
  const id = find('id');
  const source = find('source', 'src');
  if (id && source) return flawAt(source, 'A secret mount takes `source` or `id`, not both', 'Keep the `id`.');
  const isNamed = id || source || find('target', 'dst', 'destination');
  return isNamed
    ? undefined
    : flawAt(flag, 'The mount names no secret', 'Name it by its id, such as `--mount=type=secret,id=token`.');
};
