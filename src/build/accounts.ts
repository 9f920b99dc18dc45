import type { Tree } from './tree.ts';

/** Numbers of an owner, and, for a user who is in the image's files, the further groups. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** `user[:group]` by names of the image's `/etc/passwd` and `/etc/group`, or by numbers. A text says what is not there. */
export const ownerOf = (tree: Tree, spec: string): Owner | string => {
  const [user = '', group] = spec.split(':');
  const accounts = linesOf(tree, 'etc/passwd');
  const account = accounts.find(([name, , uid]) => name === user || (isNumber(user) && uid === user));
  const uid = isNumber(user) ? Number(user) : Number(account?.[2]);
  if (user !== '' && !Number.isInteger(uid)) return `no user \`${user}\` in the image's /etc/passwd`;
  const groupId = group === undefined || group === '' ? undefined : groupIdOf(tree, group);
  if (typeof groupId === 'string') return groupId;
  const own = Number(account?.[3] ?? 0);
  const further = group === undefined && account ? groupsOf(tree, account[0] ?? '') : [];
  return { uid: user === '' ? 0 : uid, gid: groupId ?? own, groups: further };
};

/** `--chown=user` takes the number for the group too where the image does not know the user. */
export const chownOf = (tree: Tree, spec: string): Owner | string => {
  const [user = '', group] = spec.split(':');
  const owner = ownerOf(tree, spec);
  if (typeof owner === 'string' || group !== undefined) return owner;
  const isKnown = linesOf(tree, 'etc/passwd').some(([, , uid]) => uid === user);
  return isNumber(user) && !isKnown ? { ...owner, gid: Number(user) } : owner;
};

const isNumber = (text: string): boolean => /^\d+$/.test(text);

const groupIdOf = (tree: Tree, group: string): number | string => {
  if (isNumber(group)) return Number(group);
  const found = linesOf(tree, 'etc/group').find(([name]) => name === group)?.[2];
  return found === undefined ? `no group \`${group}\` in the image's /etc/group` : Number(found);
};

const groupsOf = (tree: Tree, user: string): readonly number[] =>
  linesOf(tree, 'etc/group').flatMap(([, , gid, members = '']) =>
    members.split(',').includes(user) && isNumber(gid ?? '') ? [Number(gid)] : [],
  );

const linesOf = (tree: Tree, path: string): readonly (readonly string[])[] => {
  const entry = tree.entry(tree.resolve(path));
  if (entry?.type !== 'file') return [];
  return tree
    .read(entry)
    .toString('utf8')
    .split('\n')
    .map((line) => line.split(':'));
};
