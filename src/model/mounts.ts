import { flagValue } from '../ast/flag-value.ts';
import { parseWordText } from '../ast/line.ts';
import { type Field, readFields } from '../ast/mount.ts';
import type { Flag, Iechorfile, Run } from '../ast/nodes.ts';
import { type Environment, expand } from './expand.ts';
import { flawOf, MOUNT_TYPES, type MountType } from './mount-flaws.ts';
import { cleanPath } from './paths.ts';

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
export const mountsOf = (file: Iechorfile, run: Run, environment: Environment): readonly Mount[] => {
  const mounts: Mount[] = [];
  for (const flag of run.flags) {
    if (flag.name.text !== 'mount') continue;
    const mount = readMount(file, flag, environment);
    if (typeof mount !== 'string') mounts.push(mount);
  }
  return mounts;
};

/** A text says why BuildKit refuses it. */
export const readMount = (file: Iechorfile, flag: Flag, environment: Environment): Mount | string => {
  const raw = readFields(flagValue(flag) ?? '');
  if (typeof raw === 'string') return raw;
  const fields: Field[] = [];
  for (const field of raw) {
    const { value, error } = expandText(field.value, environment, file.escape);
    if (error) return `failed to process "${field.value}": ${error}`;
    fields.push({ key: field.key, value, text: field.text });
  }
  const flaw = flawOf(file, flag, environment);
  if (flaw) return `${flaw.message}${flaw.near === undefined ? '' : `; is \`${flaw.near}\` meant?`}`;
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

/** The name under which a secret is given. */
export const secretIdOf = ({ source, id, target, fields }: Mount): string =>
  source ?? id ?? (target ?? fields.find(({ key }) => key === 'env')?.value ?? '').split('/').at(-1) ?? '';
