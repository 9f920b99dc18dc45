import { parse } from '../ast/create.ts';
import type { SyntaxProblem } from '../ast/nodes.ts';
import type { Document } from '../source/document.ts';
import { fix } from './fix.ts';
import { isFormatting } from './formatting.ts';
import type { LintConfig } from './setting.ts';

export interface FormatResult {
  /** The new text, without byte order mark. */
  readonly text: string;
  /** Why the text is as it was: what BuildKit would not read, nobody can lay out. */
  readonly refusal: Refusal | undefined;
}

export interface Refusal {
  readonly offset: number;
  readonly message: string;
}

/** Applies the rules of the configuration that format to a fixed point. Pure. */
export const format = (document: Document, config: LintConfig): FormatResult => {
  const refusal = refusalOf(document);
  if (refusal) return { text: document.text, refusal };
  const rules = new Map(Array.from(config.rules).filter(([rule]) => isFormatting(rule)));
  const { known: _known, fixOnly: _fixOnly, ...rest } = config;
  return { text: fix(document, { ...rest, rules }, 'safe').text, refusal: undefined };
};

const refusalOf = ({ text, defect }: Document): Refusal | undefined => {
  if (defect) return { offset: defect.offset, message: defect.message };
  const { problems, instructions } = parse(text);
  const problem = instructions.length === 0 ? undefined : problems.find(({ phase }) => phase !== 'trigger');
  return problem && { offset: problem.start, message: sentenceOf(problem) };
};

const sentenceOf = ({ message }: SyntaxProblem): string => message.replace(/\.$/, '');
