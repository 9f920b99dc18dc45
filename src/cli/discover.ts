import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Unreadable } from '../report/index.ts';
import { nearest } from '../source/nearest.ts';
import { COMMAND_NAMES } from './command-names.ts';
import { childOf, withSlashes } from './paths.ts';
import type { Found } from './search.ts';
import { codeOf, reasonOf } from './system-error.ts';

/** A file to be read: its name for reports, `/` between folders, and where it is; standard input has no place. */
export interface Target {
  readonly path: string;
  readonly file: string | undefined;
}

export interface Discovery {
  readonly targets: readonly Target[];
  /** What was named and cannot be read. */
  readonly unreadable: readonly Unreadable[];
  /** What a search left out or did not find: worth a line, no failure. */
  readonly notices: readonly string[];
}

interface Findings {
  readonly found: (Found | { readonly path: string; readonly file: undefined; readonly isLink: false })[];
  readonly unreadable: Unreadable[];
  readonly notices: string[];
  /** The real paths of folders. */
  readonly folders: Map<string, string>;
}

/** The files that the operands name: files as they are, the iEchorfiles of folders, the matches of globs, `-`. */
export const discover = async (operands: readonly string[], cwd: string, stdinName: string): Promise<Discovery> => {
  const findings: Findings = { found: [], unreadable: [], notices: [], folders: new Map() };
  for (const operand of operands) {
    if (operand === '-') findings.found.push({ path: stdinName, file: undefined, isLink: false });
    else await takeOperand(operand, cwd, findings);
  }
  const { unreadable, notices } = findings;
  return { targets: withoutRepeats(findings), unreadable, notices };
};

const takeOperand = async (operand: string, cwd: string, findings: Findings): Promise<void> => {
  const path = withSlashes(operand).replace(/^(\.\/+)+(?=[^/])/, '');
  try {
    const place = resolve(cwd, operand);
    const own = lstatSync(place);
    const stat = own.isSymbolicLink() ? statSync(place) : own;
    if (operand === '') fail(findings, "''", 'the path is empty (is a variable unset?)');
    else if (stat.isDirectory()) await takeFolder(operand, path, cwd, findings);
    else if (!stat.isFile()) fail(findings, path, `it is ${await kindOf(stat)}, not a file; pipe it in and pass \`-\``);
    else if (path.endsWith('/')) fail(findings, path, 'it is not a folder');
    else if (MISTAKABLE.test(path)) await takeMistakable(path, place, own, findings);
    else takeFile(path, place, own, findings);
  } catch (error) {
    const isMissing = codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
    if (isMissing && (await takeGlob(path, cwd, findings))) return;
    fail(findings, path, reasonOf(error) + (isMissing ? await hintFor(operand, cwd) : ''));
  }
};

const fail = ({ unreadable }: Findings, path: string, message: string): void => {
  if (!unreadable.some((known) => known.path === path)) unreadable.push({ path, message });
};

const kindOf = async (stat: Stats): Promise<string> => (await import('./search.ts')).whatIs(stat);

const takeMistakable = async (path: string, place: string, own: Stats, findings: Findings): Promise<void> => {
  const mistake = (await import('./operand-hints.ts')).mistakenFile(basename(path));
  if (mistake === undefined) takeFile(path, place, own, findings);
  else fail(findings, path, mistake);
};

const takeFile = (path: string, place: string, own: Stats, findings: Findings): void => {
  findings.found.push({ path, file: withSlashes(realPathOf(place, own, findings)), isLink: false });
};

/** Of what is no link the folder tells, and many files stand in one. Elsewhere a name may be spelt in several ways. */
const realPathOf = (place: string, own: Stats, { folders }: Findings): string => {
  if (process.platform !== 'linux' || own.isSymbolicLink()) return realpathSync.native(place);
  const folder = dirname(place);
  const known = folders.get(folder) ?? realpathSync.native(folder);
  folders.set(folder, known);
  return childOf(known, basename(place));
};

const MISTAKABLE = /ignore$|\.(?:ya?ml|jsonc?|toml)$/i;

const takeFolder = async (operand: string, path: string, cwd: string, findings: Findings): Promise<void> => {
  const { search } = await import('./search.ts');
  const isHere = /^\.\/*$/.test(path);
  const before = findings.found.length;
  const place = withSlashes(realpathSync.native(resolve(cwd, operand)));
  search(place, isHere ? '' : path.replace(/\/*$/, '/'), logInto(findings));
  if (findings.found.length > before) return;
  const where = isHere ? 'this folder; `iechorlint init` writes one' : path;
  findings.notices.push(`found no iEchorfile, Dockerfile or Containerfile in ${where}`);
};

/** Whether the operand is a glob, and so taken care of. */
const takeGlob = async (pattern: string, cwd: string, findings: Findings): Promise<boolean> => {
  if (!/[*?[{(]/.test(pattern)) return false;
  const { isGlob, searchGlob } = await import('./glob.ts');
  if (!isGlob(pattern)) return false;
  const before = findings.found.length;
  const hasMatch = searchGlob(pattern, cwd, logInto(findings));
  if (!hasMatch) fail(findings, pattern, 'no file matches the pattern');
  else if (findings.found.length === before)
    findings.notices.push(`left out all that ${pattern} matches, for .gitignore or its ending; name a file to lint it`);
  return true;
};

const logInto = ({ found, notices }: Findings) => ({
  found: (file: Found) => void found.push(file),
  notice: (text: string) => void notices.push(text),
});

/** Each file once, as it was met first; but not by a link's name where a search met it by its own. */
const withoutRepeats = ({ found }: Findings): readonly Target[] => {
  const own = new Set(found.filter((file) => !file.isLink).map(({ file }) => file));
  const seen = new Set<string | undefined>();
  const targets: Target[] = [];
  for (const { path, file, isLink } of found) {
    if (seen.has(file) || (isLink && own.has(file))) continue;
    seen.add(file);
    targets.push({ path, file });
  }
  return targets;
};

const hintFor = async (operand: string, cwd: string): Promise<string> => {
  try {
    const names = readdirSync(resolve(cwd, dirname(operand))).sort();
    const near = nearest(basename(operand), operand.includes('/') ? names : [...names, ...COMMAND_NAMES]);
    if (near === undefined || !names.includes(near)) return (await import('./operand-hints.ts')).operandHint(operand);
    if (near === basename(operand))
      return near.includes('\uFFFD') ? ' (its name is not UTF-8)' : ' where this symbolic link leads';
    const folder = withSlashes(dirname(operand));
    return ` (did you mean ${folder === '.' ? near : `${folder}/${near}`}?)`;
  } catch {
    return '';
  }
};
