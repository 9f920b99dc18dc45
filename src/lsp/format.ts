import type { TextEdit } from 'vscode-languageserver/node';
import { fix } from '../lint/fix.ts';
import { textEdits } from './convert.ts';
import type { Opened } from './session.ts';
import { changesBetween } from './text-changes.ts';

/** What the rules of style that are on would write otherwise, as far as it leaves the image as it is. */
export const formattingOf = ({ open, settings: { config, isIgnored, trouble } }: Opened): TextEdit[] => {
  if (isIgnored || trouble !== undefined) return [];
  const rules = new Map(Array.from(config.rules).filter(([{ category, always }]) => category === 'style' || always));
  const { text } = fix(open.document, { ...config, rules }, 'safe');
  return textEdits(open, changesBetween(open.document.text, text));
};
