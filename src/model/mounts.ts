import { flagValue } from '../ast/check.ts';
import { parseWordText } from '../ast/line.ts';
import { type Field, readFields } from '../ast/mount.ts';
import type { Flag, Run } from '../ast/nodes.ts';
import { type Environment, expand } from './expand.ts';
import { cleanPath } from './paths.ts';

export const MOUNT_TYPES = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'] as const;
export type MountType = (typeof MOUNT_TYPES)[number];

/** A `RUN --mount=…`; values are expanded, undefined where they are not given or not known. */
export interface Mount {
  readonly flag: Flag;
  readonly type: MountType;
  readonly target: string | undefined;
  readonly source: string | undefined;
  readonly from: string | undefined;
  readonly id: string | undefined;
  readonly fields: readonly Field[];
}

/** The mounts of a RUN; those that BuildKit refuses are left out. */
export const mountsOf = (run: Run, environment: Environment, escape: '\\' | '`'): readonly Mount[] => {
  const mounts: Mount[] = [];
  for (const flag of run.flags) {
    if (flag.name.text !== 'mount') continue;
    const mount = readMount(flag, environment, escape);
    if (typeof mount !== 'string') mounts.push(mount);
  }
  return mounts;
};

/** A text says why BuildKit refuses it. */
export const readMount = (flag: Flag, environment: Environment, escape: '\\' | '`'): Mount | string => {
  const raw = readFields(flagValue(flag) ?? '');
  if (typeof raw === 'string') return raw;
  const fields: Field[] = [];
  for (const field of raw) {
    const { value, error } = expandText(field.value, environment, escape);
    if (error) return `failed to process "${field.value}": ${error}`;
    fields.push({ ...field, value });
  }
  const problem = fieldProblem(fields, raw);
  if (problem) return problem;
  const named = (...keys: readonly string[]) => fields.findLast(({ key }) => keys.includes(key))?.value;
  return {
    flag,
    fields,
    type: typeOf(fields) ?? 'bind',
    target: named('target', 'dst', 'destination'),
    source: named('source', 'src'),
    from: named('from'),
    id: named('id'),
  };
};

const expandText = (text: string | undefined, environment: Environment, escape: '\\' | '`') =>
  text === undefined ? { value: undefined, error: undefined } : expand(parseWordText(text, escape), environment);

const typeOf = (fields: readonly Field[]): MountType | undefined => {
  const name = fields.findLast(({ key }) => key === 'type')?.value?.toLowerCase();
  return name === undefined ? 'bind' : MOUNT_TYPES.find((type) => type === name);
};

const ALONE = ['readonly', 'ro', 'readwrite', 'rw', 'required'];
const WITH_VALUE = [
  'type',
  'from',
  'source',
  'src',
  'target',
  'dst',
  'destination',
  'readonly',
  'ro',
  'readwrite',
  'rw',
  'required',
  'id',
  'sharing',
  'mode',
  'uid',
  'gid',
  'size',
  'env',
];

const fieldProblem = (fields: readonly Field[], raw: readonly Field[]): string | undefined => {
  for (const [index, { key, text }] of raw.entries()) {
    const value = fields[index]?.value;
    const bare = raw[index]?.value === undefined;
    if (bare && !ALONE.includes(key)) return `invalid field '${text}' must be a key=value pair`;
    if (!WITH_VALUE.includes(key)) return `unexpected key '${key}' in '${text}'`;
    if (key === 'type' && value !== undefined && !MOUNT_TYPES.some((type) => type === value.toLowerCase())) {
      return `unsupported mount type "${value}"`;
    }
    const wrong = bare || value === undefined ? undefined : valueProblem(key, value);
    if (wrong) return wrong;
  }
  return combinationProblem(fields);
};

const valueProblem = (key: string, value: string): string | undefined => {
  if (/^(?:readonly|ro|readwrite|rw|required)$/.test(key) && !/^(?:1|0|t|f|true|false)$/i.test(value)) {
    return `invalid value for ${key}: ${value}`;
  }
  if (key === 'sharing' && !/^(?:shared|private|locked)$/i.test(value)) return `unsupported sharing value "${value}"`;
  if (key === 'mode' && !/^[0-7]+$/.test(value)) return `invalid value ${value} for mode`;
  if ((key === 'uid' || key === 'gid') && !/^\d+$/.test(value)) return `invalid value ${value} for ${key}`;
  return undefined;
};

const combinationProblem = (fields: readonly Field[]): string | undefined => {
  const type = typeOf(fields) ?? 'bind';
  const has = (...keys: readonly string[]) => fields.some(({ key }) => keys.includes(key));
  if (has('uid', 'gid', 'mode') && !['secret', 'ssh', 'cache'].includes(type))
    return `mode, uid and gid are not allowed for "${type}" mounts`;
  if (has('sharing') && type !== 'cache') return 'invalid cache sharing set for non-cache mount';
  if (type === 'secret' && has('from')) return 'secret mount should not have a from';
  return undefined;
};

/** BuildKit's word for a mount whose target is the root, or nothing. */
export const targetProblem = (mount: Mount, workdir: string | undefined): string | undefined => {
  if (mount.type === 'secret' || mount.type === 'ssh' || workdir === undefined) return undefined;
  if (mount.target === undefined && mount.fields.some(({ key }) => ['target', 'dst', 'destination'].includes(key)))
    return undefined;
  const target = mount.target?.startsWith('/')
    ? cleanPath(mount.target)
    : cleanPath(`/${workdir}/${mount.target ?? ''}`);
  return target === '/' ? 'invalid mount target "/"' : undefined;
};
