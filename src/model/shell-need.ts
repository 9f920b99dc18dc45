import type { Script, ShellNode, ShellStatement, ShellWord, SimpleCommand } from '../shell/index.ts';
import type { Range } from '../source/range.ts';

/**
 * What a text needs a shell for. `none`: it is a program and plain words; `handled`: it ends in `exec` or sets traps, so
 * that signals arrive; `before`: the shell only prepares one last program, before which `exec` may stand at `at`;
 * `always`: it is needed as long as anything runs.
 */
export type ShellNeed =
  | { readonly kind: 'none'; readonly words: readonly ShellWord[] }
  | { readonly kind: 'handled' }
  | { readonly kind: 'before'; readonly at: Range }
  | { readonly kind: 'always' };

export const shellNeedOf = (script: Script): ShellNeed => {
  if (script.statements.some(({ command }) => setsTrap(command))) return { kind: 'handled' };
  const last = lastCommand(script.statements);
  const [word] = last?.words ?? [];
  if (!last || !word || script.problems.length > 0) return { kind: 'always' };
  if (word.text === 'exec') return { kind: 'handled' };
  if (word.text !== undefined && SHELL_WORDS.has(word.text)) return { kind: 'always' };
  const isAlone = script.statements.length === 1 && script.statements[0]?.command === last;
  return isAlone && isPlain(last) ? { kind: 'none', words: last.words } : { kind: 'before', at: word };
};

const setsTrap = (node: ShellNode): boolean => {
  if (node.kind === 'SimpleCommand') return node.words[0]?.text === 'trap';
  return node.kind === 'AndOrList' && node.commands.some(setsTrap);
};

/** The program that is left running at the end, if nothing but success leads there. */
const lastCommand = (statements: readonly ShellStatement[]): SimpleCommand | undefined => {
  if (statements.some(({ terminator }) => terminator?.text === '&')) return undefined;
  return lastIn(statements.at(-1)?.command);
};

const lastIn = (node: ShellNode | undefined): SimpleCommand | undefined => {
  if (node?.kind === 'SimpleCommand') return node;
  if (node?.kind !== 'AndOrList' || node.operators.some(({ text }) => text !== '&&')) return undefined;
  return lastIn(node.commands.at(-1));
};

const isPlain = ({ words, assignments, redirections }: SimpleCommand): boolean =>
  assignments.length === 0 && redirections.length === 0 && words.every(isPlainWord);

const isPlainWord = (word: ShellWord): boolean =>
  word.text !== undefined && !word.raw.startsWith('~') && word.parts.every(({ kind }) => kind === 'Literal');

/** What only a shell can run, as there is no program of that name or it would do nothing. */
const SHELL_WORDS: ReadonlySet<string> = new Set(
  `. : [[ alias bg break builtin cd command continue declare dirs disown eval exit export false fg getopts hash jobs let
  local popd pushd read readonly return set shift shopt source times trap true type typeset ulimit umask unalias unset
  wait`.split(/\s+/),
);
