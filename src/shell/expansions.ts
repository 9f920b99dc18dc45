import type { ShellNode, ShellSubstitution, ShellVariable, ShellWord, ShellWordPart, SimpleCommand } from './nodes.ts';

/** What to do with the expansions of words. */
export interface ExpansionVisitor {
  readonly variable?: (variable: ShellVariable) => void;
  readonly substitution?: (substitution: ShellSubstitution) => void;
  readonly arithmetic?: (part: Extract<ShellWordPart, { kind: 'Arithmetic' }>) => void;
}

/** Calls the visitor for every expansion in the words, outer ones first; scripts of substitutions are not entered. */
export const visitExpansions = (words: readonly ShellWord[], visitor: ExpansionVisitor): void => {
  for (const word of words) {
    // A word that has a text has no expansion.
    if (word.text === undefined) visitParts(word.parts, visitor);
  }
};

const visitParts = (parts: readonly ShellWordPart[], visitor: ExpansionVisitor): void => {
  for (const part of parts) {
    if (part.kind === 'Variable') {
      visitor.variable?.(part);
      visitExpansions(part.operands, visitor);
    } else if (part.kind === 'Substitution') visitor.substitution?.(part);
    else if (part.kind === 'Pattern') visitParts(part.parts, visitor);
    else if (part.kind === 'Arithmetic') {
      visitor.arithmetic?.(part);
      visitParts(part.parts, visitor);
    }
  }
};

/** The words that the shell expands for the node itself, not for the commands inside it. */
export const wordsOf = (node: ShellNode): readonly ShellWord[] => {
  if (node.kind === 'SimpleCommand') return wordsOfSimple(node);
  if (node.kind !== 'CompoundCommand') return [];
  return [...node.words, ...node.redirections.flatMap(wordsOfRedirection)];
};

const wordsOfSimple = ({ assignments, words, declared, redirections }: SimpleCommand): readonly ShellWord[] => {
  if (assignments.length + declared.length + redirections.length === 0) return words;
  const values = assignments.flatMap(({ index, values }) => (index ? [index, ...values] : values));
  const indexes = declared.flatMap(({ index }) => index ?? []);
  return [...values, ...words, ...indexes, ...redirections.flatMap(wordsOfRedirection)];
};

const wordsOfRedirection = ({ target, body }: SimpleCommand['redirections'][number]): readonly ShellWord[] =>
  [target, body].filter((word) => word !== undefined);
