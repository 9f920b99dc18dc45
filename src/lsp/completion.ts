import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver/node';
import { FLAGS } from '../ast/flags.ts';
import type { Rule } from '../lint/rule.ts';
import { accountsOf, knownBaseOf, SIGNALS } from '../model/index.ts';
import { entryOf } from '../source/entry.ts';
import { editorRange } from './convert.ts';
import { bindingsAt, type Cursor, cursorAt, lastBefore } from './cursor.ts';
import { instructionAt, type OpenFile } from './open-file.ts';
import type { Session } from './session.ts';
import { contextPaths, images, type Suggestion, stagesAbove } from './suggestions.ts';
import { BUILD_VARIABLES, FLAG_TEXTS, INSTRUCTIONS, MOUNT_OPTIONS, MOUNT_TEXTS } from './texts.ts';

/** What may be written at the offset. */
export const completionsAt = (
  open: OpenFile,
  offset: number,
  rules: readonly Rule[],
  session: Session,
): readonly CompletionItem[] => {
  const line = open.file.text.slice(open.file.text.lastIndexOf('\n', offset - 1) + 1, offset);
  const comment = /^[\t ]*#(.*)$/.exec(line)?.[1];
  if (comment !== undefined && !isInBody(open, offset)) return inComment(open, offset, comment, rules);
  const cursor = cursorAt(open, offset);
  const variable = /\$\{?(\w*)$/.exec(cursor.word)?.[1] ?? /\$\{?(\w*)$/.exec(line)?.[1];
  if (variable !== undefined) return itemsOf(open, offset, variable, variables(open, cursor));
  if (isInBody(open, offset)) return [];
  const { text, suggestions } = suggestionsAt(open, cursor, session);
  return itemsOf(open, offset, text, suggestions);
};

const isInBody = ({ file }: OpenFile, offset: number): boolean => {
  const node = instructionAt(file, offset);
  return node?.heredocs.some(({ body }) => body.start <= offset && offset <= body.end) === true;
};

/** What is offered, and the part of the word that it takes the place of. */
interface Offer {
  readonly text: string;
  readonly suggestions: readonly Suggestion[];
}

const itemsOf = (
  open: OpenFile,
  offset: number,
  text: string,
  suggestions: readonly Suggestion[],
): CompletionItem[] => {
  const range = editorRange(open, { start: offset - text.length, end: offset });
  return suggestions.map(({ label, ...rest }, index) => ({
    label,
    ...rest,
    filterText: label,
    sortText: String(index).padStart(5, '0'),
    textEdit: { range, newText: label },
  }));
};

const variables = (open: OpenFile, cursor: Cursor): readonly Suggestion[] =>
  Array.from(bindingsAt(open, cursor), ([label, { value, by }]) => ({
    label,
    kind: CompletionItemKind.Variable,
    detail: value === undefined ? by.toUpperCase() : `${by.toUpperCase()}, ${value.slice(0, 80)}`,
    ...documented(entryOf(BUILD_VARIABLES, label)),
  }));

const documented = (documentation: string | undefined): { readonly documentation?: string } =>
  documentation === undefined ? {} : { documentation };

// Comments ----------------------------------------------------------------------------------------------------------

const DIRECTIVES = ['syntax=docker/dockerfile:1', 'escape=\\', 'escape=`', 'check=skip=all', 'check=error=true'];
const IGNORES = ['ignore', 'ignore-stage', 'ignore-file', 'ignore-start', 'ignore-end'];

const inComment = (open: OpenFile, offset: number, comment: string, rules: readonly Rule[]): CompletionItem[] => {
  const name = /iechorlint[\s:]+ignore(?:-\w+)?\s*=(?:[^-]|-(?!-))*?([\w/-]*)$/.exec(comment)?.[1];
  if (name !== undefined && !comment.includes(' --')) return itemsOf(open, offset, name, rules.map(ruleSuggestion));
  const word = /^\s*(\S*)$/.exec(comment)?.[1];
  const isHead = open.file.instructions.every(({ start }) => start >= offset);
  if (word !== undefined) {
    const starts = [...(isHead ? DIRECTIVES : []), ...IGNORES.map((each) => `iechorlint ${each}=`)];
    return itemsOf(open, offset, word, starts.map(textSuggestion));
  }
  const scope = /^\s*iechorlint\s+(\S*)$/.exec(comment)?.[1];
  return scope === undefined
    ? []
    : itemsOf(
        open,
        offset,
        scope,
        IGNORES.map((each) => textSuggestion(`${each}=`)),
      );
};

const ruleSuggestion = ({ name, summary, category }: Rule): Suggestion => ({
  label: name,
  kind: CompletionItemKind.EnumMember,
  detail: category,
  documentation: `${summary}.`,
});

const textSuggestion = (label: string): Suggestion => ({ label, kind: CompletionItemKind.Text });

// Instructions ------------------------------------------------------------------------------------------------------

const suggestionsAt = (open: OpenFile, cursor: Cursor, session: Session): Offer => {
  const { keyword, word, words } = cursor;
  if (keyword === '') return { text: word, suggestions: keywords(open) };
  if (word.startsWith('--mount=') && keyword === 'RUN') return inMount(open, cursor, session);
  const value = /^--([a-z-]+)=(.*)$/s.exec(word);
  if (value)
    return { text: value[2] ?? '', suggestions: flagValues(open, cursor, value[1] ?? '', value[2] ?? '', session) };
  if (/^-/.test(word) && words.length === 0) return { text: word, suggestions: flags(keyword) };
  return { text: word, suggestions: entryOf(ARGUMENTS, keyword)?.(open, cursor, session) ?? [] };
};

/** In the case in which the file has them. */
const keywords = ({ file: { instructions } }: OpenFile): readonly Suggestion[] => {
  const isLower = instructions.some(
    ({ kind, keyword }) => kind !== 'Invalid' && keyword.text === keyword.text.toLowerCase(),
  );
  return Object.entries(INSTRUCTIONS).map(([name, { form, text }]) => ({
    label: isLower ? name.toLowerCase() : name,
    kind: CompletionItemKind.Keyword,
    detail: form,
    documentation: text,
  }));
};

const flags = (keyword: string): readonly Suggestion[] => {
  const specs = Object.entries(FLAGS).find(([kind]) => kind.toUpperCase() === keyword)?.[1] ?? {};
  return Object.entries(specs).map(([name, spec]) => ({
    label: spec === 'bool' ? `--${name}` : `--${name}=`,
    kind: CompletionItemKind.Property,
    ...documented(entryOf(FLAG_TEXTS, name)),
  }));
};

const PLATFORMS = ['$BUILDPLATFORM', '$TARGETPLATFORM', 'linux/amd64', 'linux/arm64', 'linux/arm/v7', 'windows/amd64'];

const values = (...labels: readonly string[]): readonly Suggestion[] =>
  labels.map((label) => ({ label, kind: CompletionItemKind.Value }));

const flagValues = (
  open: OpenFile,
  cursor: Cursor,
  flag: string,
  value: string,
  session: Session,
): readonly Suggestion[] => {
  if (flag === 'from') return [...stagesAbove(open.model, cursor.offset), ...images(open, value, session)];
  if (flag === 'platform') return values(...PLATFORMS);
  if (flag === 'network') return values('default', 'none', 'host');
  if (flag === 'security') return values('sandbox', 'insecure');
  if (flag === 'chown') return accounts(open, cursor);
  return /^(?:link|parents|keep-git-dir|unpack)$/.test(flag) ? values('true', 'false') : [];
};

/** Behind `--mount=` stand options with commas between them. */
const inMount = (open: OpenFile, { word, offset }: Cursor, session: Session): Offer => {
  const fields = word.slice('--mount='.length).split(',');
  const last = fields.pop() ?? '';
  const type = fields.find((field) => field.startsWith('type='))?.slice('type='.length) ?? 'bind';
  const [, key, value = ''] = /^([a-z]+)=(.*)$/s.exec(last) ?? [];
  if (key === 'type') return { text: value, suggestions: mountTypes('') };
  if (key === 'from')
    return { text: value, suggestions: [...stagesAbove(open.model, offset), ...images(open, value, session)] };
  if (key === 'sharing') return { text: value, suggestions: values('shared', 'private', 'locked') };
  if (key === 'source' || key === 'src')
    return {
      text: value,
      suggestions: fields.some((each) => each.startsWith('from=')) ? [] : contextPaths(open, value, session),
    };
  if (key !== undefined) return { text: value, suggestions: [] };
  const given = new Set(fields.map((field) => field.replace(/=.*$/s, '')));
  const options = Object.entries(entryOf(MOUNT_OPTIONS, type) ?? {}).filter(([name]) => !given.has(name));
  const suggestions = options.map(([name, documentation]) => ({
    label: /^(?:rw|ro|required)$/.test(name) ? name : `${name}=`,
    kind: CompletionItemKind.Property,
    documentation,
  }));
  return { text: last, suggestions: given.has('type') ? suggestions : [...mountTypes('type='), ...suggestions] };
};

const mountTypes = (prefix: string): readonly Suggestion[] =>
  Object.entries(MOUNT_TEXTS).map(([type, documentation]) => ({
    label: `${prefix}${type}`,
    kind: CompletionItemKind.EnumMember,
    documentation,
  }));

const accounts = ({ model, file }: OpenFile, { offset }: Cursor): readonly Suggestion[] => {
  const node = instructionAt(file, offset) ?? lastBefore(file.instructions, offset);
  const stage = node && model.stageOf(node);
  if (!stage) return [];
  const made = accountsOf(model, stage).flatMap(({ name, node: { start } }) => (start < offset ? name : []));
  const brought = knownBaseOf(stage)?.account;
  return values(...new Set([...made, ...(brought === undefined ? [] : [brought]), 'nobody', 'root']));
};

type Arguments = (open: OpenFile, cursor: Cursor, session: Session) => readonly Suggestion[];

const sources: Arguments = (open, { word, flags: given }, session) =>
  given.some((flag) => flag.startsWith('--from=')) ? [] : contextPaths(open, word, session);

const LABELS =
  'title description version revision source url documentation licenses authors vendor created ref.name base.name base.digest';

/** What stands behind the flags. */
const ARGUMENTS: Readonly<Record<string, Arguments>> = {
  ADD: sources,
  COPY: sources,
  FROM: (open, { words, word, offset }, session) =>
    words.length === 0
      ? [...stagesAbove(open.model, offset), ...images(open, word, session)]
      : values(...(words.length === 1 ? ['AS'] : [])),
  ARG: ({ model }) => {
    const above = model.file.globals.flatMap(({ declarations }) => declarations.map(({ name }) => name.text));
    return values(...new Set([...above, ...Object.keys(BUILD_VARIABLES)]));
  },
  HEALTHCHECK: (_, { words }) => (words.length === 0 ? values('CMD', 'NONE') : []),
  LABEL: () => values(...LABELS.split(' ').map((name) => `org.opencontainers.image.${name}=`)),
  ONBUILD: keywords,
  SHELL: (_, { words }) =>
    words.length > 0
      ? []
      : values('["/bin/bash", "-o", "pipefail", "-c"]', '["/bin/sh", "-c"]', '["pwsh", "-Command"]'),
  STOPSIGNAL: () => values(...SIGNALS.map((name) => `SIG${name}`)),
  USER: accounts,
};
