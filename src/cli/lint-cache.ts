import { createHash, randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '../lint/diagnostic.ts';
import type { LintConfig } from '../lint/setting.ts';
import { makeFolders } from '../oci/folders.ts';
import type { Document } from '../source/document.ts';
import { type Findings, plainFindings } from './check.ts';
import { reasonOf } from './system-error.ts';
import { version } from './version.ts';

/** Findings of earlier runs, one file each: runs at the same time share it without locks. */
export interface LintCache {
  read(key: string): readonly Diagnostic[] | undefined;
  /** False where it could not be kept, which is no reason to fail. */
  write(key: string, diagnostics: readonly Diagnostic[]): boolean;
}

/** Counts up when what is stored changes its shape. */
const SHAPE = 'v1';

const DAY = 24 * 60 * 60 * 1000;

/** Longer than this nobody has asked for it. */
const KEPT_FOR = 30 * DAY;

/** Where the cache lies unless told otherwise. */
export const usualCacheFolder = (env: NodeJS.ProcessEnv): string => {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = env;
  if (process.platform === 'win32' && local) return join(local, 'iechorlint', 'cache');
  if (process.platform === 'darwin' && !xdg) return join(homedir(), 'Library', 'Caches', 'iechorlint');
  return join(xdg || join(homedir(), '.cache'), 'iechorlint');
};

/** Lints what no run before has linted. */
export const cachedFindings = (folder: string): Findings => {
  const kept = keptFindings(folder);
  return (input, config) => {
    const { document } = input.source;
    const known = kept.read(document, config);
    if (known) return known;
    const found = plainFindings(input, config);
    kept.write(document, config, found);
    return found;
  };
};

/** The findings of earlier runs by document and configuration. */
export interface KeptFindings {
  read(document: Document, config: LintConfig): readonly Diagnostic[] | undefined;
  write(document: Document, config: LintConfig, found: readonly Diagnostic[]): void;
}

/** `asked`: what else decides what is found, such as another program's release. */
export const keptFindings = (folder: string, asked = ''): KeptFindings => {
  const cache = openLintCache(folder);
  const fingerprints = new Map<LintConfig, string>();
  const keyOf = (document: Document, config: LintConfig): string => {
    const fingerprint = fingerprints.get(config) ?? `${fingerprintOf(config)}${asked}`;
    fingerprints.set(config, fingerprint);
    return cacheKeyOf(document, fingerprint);
  };
  return {
    read: (document, config) => cache.read(keyOf(document, config)),
    write(document, config, found) {
      // A rule that failed may not fail again.
      if (!found.some(({ rule }) => rule === 'internal')) cache.write(keyOf(document, config), found);
    },
  };
};

/** Why nothing can be kept in the folder; undefined where it can. */
export const cacheProblem = (folder: string): string | undefined => {
  try {
    makeFolders(join(folder, SHAPE));
    accessSync(join(folder, SHAPE), constants.W_OK);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
};

/** What is known of a folder of earlier findings; what is long unused is deleted once a day. */
export const openLintCache = (folder: string, now = Date.now()): LintCache => {
  const root = join(folder, SHAPE);
  const pathOf = (key: string) => join(root, key.slice(0, 2), `${key.slice(2)}.json`);
  prune(root, now);
  return {
    read(key) {
      const path = pathOf(key);
      const stored = readStored(path);
      if (stored) keepAlive(path, now);
      return stored;
    },
    write: (key, diagnostics) => store(pathOf(key), diagnostics),
  };
};

const readStored = (path: string): readonly Diagnostic[] | undefined => {
  try {
    const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isDiagnostics(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
};

/** A file that was cut short is no JSON; any other was written by this version. */
const isDiagnostics = (stored: unknown): stored is readonly Diagnostic[] => Array.isArray(stored);

const keepAlive = (path: string, now: number): void => {
  try {
    if (now - statSync(path).mtimeMs > DAY) utimesSync(path, new Date(now), new Date(now));
  } catch {
    // Another run has deleted it.
  }
};

/** Readers see the whole file or none. */
const store = (path: string, diagnostics: readonly Diagnostic[]): boolean => {
  const draft = `${path}.${randomUUID()}`;
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(draft, JSON.stringify(diagnostics));
    renameSync(draft, path);
    return true;
  } catch {
    forget(draft);
    return false;
  }
};

const forget = (draft: string): void => {
  try {
    rmSync(draft, { force: true });
  } catch {
    // It was never made.
  }
};

const prune = (root: string, now: number): void => {
  const stamp = join(root, 'pruned');
  try {
    if (now - (statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0) < DAY) return;
    mkdirSync(root, { recursive: true });
    writeFileSync(stamp, '');
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && path !== stamp && now - statSync(path).mtimeMs > KEPT_FOR) rmSync(path, { force: true });
    }
  } catch {
    // It cannot be written: then nothing is kept, and nothing has to go.
  }
};

/** Everything but the file that decides what is found: this program, its rules and how they are set. */
export const fingerprintOf = ({ rules, known, ...rest }: LintConfig): string => {
  const set = Array.from(rules, ([{ name }, setting]) => [name, setting]);
  return digestOf(JSON.stringify([version, build(), set, rest, known !== undefined], withLists));
};

// The bundle has its own digest here; sources change without a number, and have none.
declare global {
  var iechorlintBuild: string | undefined;
}

const build = (): string => globalThis.iechorlintBuild ?? 'sources';

const withLists = (_key: string, value: unknown): unknown =>
  value instanceof Set || value instanceof Map ? [...value] : value;

/** The key of a file's findings: rules look at its text, its name and what was wrong with its bytes. */
export const cacheKeyOf = ({ path, text, bom, defect }: Document, fingerprint: string): string =>
  digestOf(JSON.stringify([fingerprint, path, bom, defect, text]));

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
