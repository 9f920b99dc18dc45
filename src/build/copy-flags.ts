import { flagValue } from '../ast/flag-value.ts';
import type { Add, Copy } from '../ast/nodes.ts';
import type { Model } from '../model/index.ts';
import { BuildError } from './error.ts';
import { type ModeChange, modeChange } from './modes.ts';
import { filterOf, type PathFilter } from './path-filter.ts';

/** What the flags of a COPY or ADD ask for. */
export interface CopyFlags {
  readonly from: string | undefined;
  readonly chown: string | undefined;
  /** As it is written, for the key of the step. */
  readonly chmod: string;
  readonly mode: ModeChange | undefined;
  readonly link: boolean;
  readonly parents: boolean;
  readonly excludes: PathFilter | undefined;
  /** As they are written. */
  readonly excluded: readonly string[];
  readonly checksum: string | undefined;
  readonly keepsGit: boolean;
  /** Undefined: archives of the context are unpacked by ADD, and downloads are not. */
  readonly unpack: boolean | undefined;
}

/** Throws BuildError where a value means nothing. */
export const copyFlags = (model: Model, node: Copy | Add): CopyFlags => {
  const lastOf = (name: string) => node.flags.findLast((each) => each.name.text === name);
  const valueOf = (name: string) => {
    const flag = lastOf(name);
    return flag && (flag.value ? model.expand(flag.value, node).value : (flagValue(flag) ?? ''));
  };
  const switchOf = (name: string): boolean | undefined => {
    const value = valueOf(name);
    return value === undefined ? undefined : value !== 'false';
  };
  const checked = <T>(value: T | string, name: string): T => {
    if (typeof value === 'string') throw new BuildError(value, lastOf(name) ?? node);
    return value;
  };
  const chmod = valueOf('chmod') ?? '';
  const excluded = node.flags.flatMap(({ name, value }) =>
    name.text === 'exclude' && value ? (model.expand(value, node).value ?? []) : [],
  );
  const checksum = valueOf('checksum') || undefined;
  return {
    from: valueOf('from'),
    chown: valueOf('chown') || undefined,
    chmod,
    mode: chmod === '' ? undefined : checked(modeChange(chmod), 'chmod'),
    link: switchOf('link') ?? false,
    parents: switchOf('parents') ?? false,
    excludes: checked(filterOf(excluded), 'exclude'),
    excluded,
    checksum,
    keepsGit: switchOf('keep-git-dir') ?? false,
    unpack: switchOf('unpack'),
  };
};
