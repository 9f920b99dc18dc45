import type { Comment, Iechorfile } from '../ast/nodes.ts';
import type { Inputs } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import { checkIgnores } from './check-options.ts';

/** A name in an ignore comment: of a rule, or an id of another tool. */
export interface IgnoreName extends Range {
  readonly text: string;
}

/** A comment that says what is not to be reported; the range is the whole comment. */
export interface Ignore extends Range {
  /** Whose way to write it this is; BuildKit's is `# check=skip=…`. */
  readonly tool: 'iechorlint' | 'hadolint' | 'buildkit' | 'tally';
  /** What it counts for: what stands below it, its stage, the file, or all from a start to its end. */
  readonly scope: 'next' | 'stage' | 'file' | 'start' | 'end';
  readonly names: readonly IgnoreName[];
  /** Inside a continued instruction, or in the script of a heredoc. */
  readonly inside: boolean;
  readonly reason: string | undefined;
  /** What goes with its last name, where the comment says something else too. */
  readonly clause: Range | undefined;
  /** What keeps it from being one: its tool passes over it. */
  readonly flaw: IgnoreName | undefined;
}

/** Every ignore of a file in order of place, whichever tool it is written for. */
export const ignoresIn = (file: Iechorfile, inputs: Inputs = {}): readonly Ignore[] => {
  if (!/iechorlint|hadolint|tally|check/i.test(file.text)) return [];
  const ignores = [...checkIgnores(file, inputs)];
  for (const comment of [...file.comments, ...commentsInScripts(file)]) {
    const ignore = ignoreIn(comment);
    if (ignore) ignores.push(ignore);
  }
  return ignores.sort((a, b) => a.start - b.start);
};

const OWN = /^[\t ]*iechorlint[\t ]*[\t :][\t ]*ignore(|-stage|-file|-start|-end)[\t ]*=([^\n]*)$/i;
const BARE_END = /^[\t ]*iechorlint[\t ]*[\t :][\t ]*ignore-end[\t ]*(?:--[^\n]*)?$/i;
const MEANT =
  /^[\t ]*iechorlint[\t ]*[\t :][\t ]*((?:ignore|disable|skip)(?:-[a-z]+)*(?![\w-])|[a-z][\w-]*(?=[\t ]*=))/i;
const HADOLINT = /^[\t ]*hadolint[\t ]+(?:(global|stage)[\t ]+)?ignore[\t ]*=([^#\n]*)(?:#([^\n]*))?$/;
const TALLY = /^[\t ]*tally[\t ]+(global[\t ]+)?ignore[\t ]*=([^;\n]*)(?:;reason=([^\n]*))?$/i;

const ignoreIn = (comment: Comment): Ignore | undefined =>
  /iechorlint/i.test(comment.text) ? ownIgnore(comment) : (hadolintIgnore(comment) ?? tallyIgnore(comment));

const SCOPES = { '': 'next', '-stage': 'stage', '-file': 'file', '-start': 'start', '-end': 'end' } as const;

const isScope = (suffix: string): suffix is keyof typeof SCOPES => suffix in SCOPES;

/** What follows ` --` is the reason. */
const ownIgnore = (comment: Comment): Ignore | undefined => {
  const match = OWN.exec(comment.text);
  if (!match) return unlistedIgnore(comment);
  const [, suffix = '', rest = ''] = match;
  const scope = suffix.toLowerCase();
  const end = rest.search(/(?:^|[\t ])--/);
  return ignoreOf(comment, {
    tool: 'iechorlint',
    scope: isScope(scope) ? SCOPES[scope] : 'next',
    names: namesIn(comment, end < 0 ? rest : rest.slice(0, end)),
    reason: end < 0 ? undefined : rest.slice(end).trim().slice(2),
  });
};

/** An end without names, which ends whatever was started, or what was meant as an ignore. */
const unlistedIgnore = (comment: Comment): Ignore | undefined => {
  if (BARE_END.test(comment.text)) return ignoreOf(comment, { tool: 'iechorlint', scope: 'end', names: [] });
  const [, word] = MEANT.exec(comment.text) ?? [];
  if (word === undefined) return undefined;
  const flaw = placed(comment, word, comment.text.indexOf(word));
  return ignoreOf(comment, { tool: 'iechorlint', scope: 'next', names: [], flaw });
};

/** One id that hadolint could not have makes it pass over the whole comment. Inside an instruction it sees none. */
const hadolintIgnore = (comment: Comment): Ignore | undefined => {
  const [match, scope, list = '', reason] = HADOLINT.exec(comment.text) ?? [];
  if (match === undefined) return undefined;
  const names = namesIn(comment, list, true);
  const { inside, start, end } = comment;
  const flaw = inside ? { text: '', start, end } : names.find(({ text }) => !/^[DLSC\d]+$/.test(text));
  return ignoreOf(comment, {
    tool: 'hadolint',
    scope: scope === 'global' ? 'file' : scope === 'stage' ? 'stage' : 'next',
    names: flaw ? [] : names,
    reason,
    flaw,
  });
};

const tallyIgnore = (comment: Comment): Ignore | undefined => {
  const [match, global, list = '', reason] = TALLY.exec(comment.text) ?? [];
  if (match === undefined) return undefined;
  return ignoreOf(comment, { tool: 'tally', scope: global ? 'file' : 'next', names: namesIn(comment, list), reason });
};

type IgnoreDraft = Pick<Ignore, 'tool' | 'scope' | 'names'> & Partial<Ignore>;

const ignoreOf = ({ start, end, inside }: Comment, { reason, ...draft }: IgnoreDraft): Ignore => ({
  start,
  end,
  inside,
  clause: undefined,
  flaw: undefined,
  reason: reason?.trim() || undefined,
  ...draft,
});

/** The names of the list behind the first `=`, at their places; also those that are empty, where asked to. */
const namesIn = (comment: Comment, list: string, keepEmpty = false): readonly IgnoreName[] => {
  const names: IgnoreName[] = [];
  let at = comment.text.indexOf('=') + 1;
  for (const piece of list.split(',')) {
    const text = piece.trim();
    if (text || keepEmpty) names.push(placed(comment, text, at + (text ? piece.indexOf(text) : 0)));
    at += piece.length + 1;
  }
  return names;
};

const placed = (comment: Comment, text: string, at: number): IgnoreName => {
  const start = comment.start + 1 + at;
  return { text, start, end: start + text.length };
};

/** The lines of heredoc scripts that would be our comments outside of them. */
const commentsInScripts = ({ instructions }: Iechorfile): readonly Comment[] => {
  const comments: Comment[] = [];
  for (const { kind, heredocs, ...node } of instructions) {
    if (kind !== 'Run' && !('trigger' in node && node.trigger.kind === 'Run')) continue;
    for (const { content, body } of heredocs) {
      if (!content.includes('iechorlint')) continue;
      for (const { index, 1: lead = '', 2: text = '' } of content.matchAll(/^([\t ]*)#([\t ]*iechorlint[^\r\n]*)/gim)) {
        const start = body.start + index + lead.length;
        comments.push({ kind: 'Comment', text, inside: true, start, end: start + 1 + text.length });
      }
    }
  }
  return comments;
};
