import { dirname } from 'node:path';
import { ConfigError } from '../config/error.ts';
import { NEVER_IGNORED } from '../lint/suppress.ts';
import { linesOf } from '../report/frame.ts';
import type { FileReport } from '../report/index.ts';
import { plural } from '../report/prose.ts';
import { lineIndexOf } from '../source/text.ts';
import { type ChangedLines, openRepository, type Repository, repositoryRootOf } from './changed-lines.ts';
import type { Io } from './io.ts';
import { type Run, tell } from './run.ts';

/** Says which lines of a file, by its place, have changed since the revision; it is read when a file of a repository is first asked for. */
const changesSince = (revision: string, { env }: Pick<Io, 'env'>): ((file: string) => ChangedLines) => {
  const repositories = new Map<string, Repository>();
  return (file) => {
    const root = repositoryRootOf(dirname(file));
    if (root === undefined) throw new ConfigError(`--since needs a git repository, and ${file} is in none`);
    const repository = repositories.get(root) ?? openRepository(root, revision, env);
    repositories.set(root, repository);
    return repository.changedLinesOf(file);
  };
};

/** Leaves the findings on lines that have changed; that a file cannot be read is always one of them. */
export const keepChanged = (run: Run, files: readonly FileReport[], revision: string): readonly FileReport[] => {
  const places = new Map(run.targets.map(({ path, file }) => [path, file]));
  const changesOf = changesSince(revision, run.io);
  let dropped = 0;
  const kept = files.map((file) => {
    const place = places.get(file.document.path);
    if (place === undefined) throw new ConfigError('--since compares files, and standard input is none');
    // Asked of every file, so that a mistake shows whatever is found.
    const left = withinChanges(file, changesOf(place));
    dropped += file.diagnostics.length - left.diagnostics.length;
    return left;
  });
  if (dropped > 0) tell(run, `left out ${plural(dropped, 'finding')} on lines that have not changed since ${revision}`);
  return kept;
};

const withinChanges = (file: FileReport, changes: ChangedLines): FileReport => {
  if (changes === 'all' || file.diagnostics.length === 0) return file;
  const { text } = file.document;
  const source = { text, lines: lineIndexOf(text) };
  const diagnostics = file.diagnostics.filter(({ rule, range }) => {
    const { first, last } = linesOf(source, range);
    return NEVER_IGNORED.has(rule) || changes.some((part) => part.first <= last && first <= part.last);
  });
  return { ...file, diagnostics };
};
