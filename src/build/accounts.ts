import type { Tree } from './tree.ts';

/** Numbers of an owner, and, for a user who is in the image's files, the further groups. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** `user[:group]` by names of the image's `/etc/passwd` and `/etc/group`, or by numbers. A text says what is not there. */
export const ownerOf = (tree: Tree, spec: string): Owner | string => {
  if (spec === '') return ROOT;
  const [user = '', group] = spec.split(':');
  const accounts = linesOf(tree, 'etc/passwd');
  const account = accounts.find(([name, , uid]) => name === user || (isNumber(user) && uid === user));
  const uid = isNumber(user) ? Number(user) : Number(account?.[2]);
  if (user !== '' && !Number.isInteger(uid)) return `no user \`${user}\` in the image's /etc/passwd`;
  const groupId = group === undefined || group === '' ? undefined : groupIdOf(tree, group);
  if (typeof groupId === 'string') return groupId;
  const own = Number(account?.[3] ?? 0);
  const further = !group && account ? groupsOf(tree, account[0] ?? '') : [];
  return { uid: user === '' ? 0 : uid, gid: groupId ?? own, groups: further };
};

export const ROOT: Owner = { uid: 0, gid: 0, groups: [] };

/**
 * The owner that `--chown` and WORKDIR give to files: a number is the group's too unless one is named, and a name that
 * the image does not know is root, as in BuildKit.
 */
export const fileOwnerOf = (tree: Tree, spec: string): Owner => {
  const [, user = '', group] = /^([^:]*)(?::(.*))?$/s.exec(spec) ?? [];
  const account = isNumber(user) ? undefined : linesOf(tree, 'etc/passwd').find(([name]) => name === user);
  const uid = isNumber(user) ? Number(user) : numberOf(account?.[2]);
  const own = isNumber(user) ? uid : numberOf(account?.[3]);
  if (group === undefined || group === '') return { uid, gid: group === '' ? 0 : own, groups: [] };
  const found = isNumber(group) ? group : linesOf(tree, 'etc/group').find(([name]) => name === group)?.[2];
  return { uid, gid: found === undefined ? own : numberOf(found), groups: [] };
};

/** Whether the owner can be told without an image's files. */
export const isNumeric = (spec: string): boolean => spec.split(':').every((part) => part === '' || isNumber(part));

const numberOf = (text: string | undefined): number => (text !== undefined && isNumber(text) ? Number(text) : 0);

const isNumber = (text: string): boolean => /^\d+$/.test(text) && Number(text) <= MOST;

/** The greatest number that BuildKit takes for one. */
const MOST = 2 ** 31 - 1;

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
