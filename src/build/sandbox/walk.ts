import { basename, dirname } from 'node:path';
import type { LaterMount } from './mount-table.ts';
import type { Programs } from './programs.ts';

/** A word for a POSIX shell. */
export const quoted = (word: string): string =>
  /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** How the sentence ends that tells of a place outside. */
export const LEADS_OUT = 'is no place in the files of the step';

/**
 * Goes from folder to folder, and no further where one is not in the other: links that steps have left in caches, and
 * those of `/proc`, lead to the machine. What is missing is made by `$2`, `$1` is told.
 */
const WALK = `walk() { at=$1; make=$2; shift 2; for name; do
[ -d "./$name" ] || $make "./$name"
exec 4<.
cd -P "./$name" 2>/dev/null && [ .. -ef /proc/self/fd/4 ] && ! [ . -ef / ] || { echo "$at ${LEADS_OUT}"; exit 1; }
done; exec 4<&-; }`;

/** Refuses what was mounted last unless it is inside the mount of the fourth descriptor: another step may have put a link there. */
const LANDED = `landed() { while read -r key id; do [ "$key" != mnt_id: ] || outer=$id; done </proc/self/fdinfo/4
while read -r id parent rest; do last=$parent; done </proc/self/mountinfo
[ "$last" = "$outer" ] || { echo "$1 ${LEADS_OUT}"; exit 1; }; }`;

/** What the lines below need. */
export const WALKING = `${WALK}\n${LANDED}`;

const partsOf = (path: string): string => path.split('/').filter(Boolean).map(quoted).join(' ');

const walk = (path: string, text: string, make = ':'): string => `walk ${quoted(text)} ${make} ${partsOf(path)}`;

/**
 * Into a folder below `root`. Without -P a shell takes `..` away before anything is looked up; one that does so all the
 * same goes no further.
 */
export const walkLines = (root: string, path: string): readonly string[] => [
  `cd -P ${quoted(root)}`,
  `[ . -ef ${quoted(root)} ]`,
  walk(path, path),
];

/** Mounts on places that are not known to be what they look like. */
export const laterLines = (programs: Programs, root: string, each: LaterMount): readonly string[] => {
  const { mount, mkdir } = programs;
  const { line, isFolder, isInside, within } = each;
  const path = line.target.slice(root.length);
  const name = quoted(`./${basename(path)}`);
  // Another step may make it at the same time.
  const made = isFolder ? `${mkdir} -p ${name}` : `(set -C; : > ${name}) 2>/dev/null || [ -e ${name} ]`;
  // What fails knows the name alone, or says nothing.
  const told = `{ echo ${quoted(`/..${path}${isFolder ? '' : ': mount point does not exist'}`)}; exit 1; }`;
  const source = within === undefined ? quoted(line.source) : '/proc/self/fd/5';
  const type = line.type === 'none' ? '' : `-t ${line.type} `;
  const start = walkLines(root, dirname(path));
  return [
    ...secretLines(programs, each),
    ...(within === undefined ? [] : [...walkLines(within, line.source.slice(within.length)), 'exec 5<.']),
    ...start.slice(0, -1),
    walk(dirname(path), path, isInside ? `'${mkdir} -p'` : ':'),
    'exec 4<.',
    ...(isInside ? [`[ -e ${name} ] || [ -L ${name} ] || ${made} || ${told}`] : []),
    `! [ -L ${name} ] || { echo ${quoted(path)} ${quoted(LEADS_OUT)}; exit 1; }`,
    `${mount} -c -n ${type}-o ${quoted(line.options)} ${source} ${name}`,
    ...(isInside ? [`landed ${quoted(path)}`] : []),
    'exec 4<&- 5<&-',
  ];
};

const secretLines = ({ chmod, chown }: Programs, { line, secret }: LaterMount): readonly string[] => {
  if (!secret) return [];
  const source = quoted(line.source);
  const { content, mode, uid, gid } = secret;
  return [
    `(umask 077; printf ${octal(content)} > ${source})`,
    ...(mode === 0o600 ? [] : [`${chmod} ${mode.toString(8)} ${source}`]),
    ...(uid === 0 && gid === 0 ? [] : [`${chown} ${uid}:${gid} ${source}`]),
  ];
};

/** Any bytes as the format of `printf`. */
const octal = (content: Uint8Array): string =>
  `'${Array.from(content, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`;
