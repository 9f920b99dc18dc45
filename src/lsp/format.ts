import type { TextEdit } from 'vscode-languageserver/node';
import { format } from '../lint/format.ts';
import { textEdits } from './convert.ts';
import type { Opened } from './session.ts';
import { changesBetween } from './text-changes.ts';

/** What `iechorlint format` would change; a file that cannot be read stays as it is. */
export const formattingOf = async ({ open, settings }: Opened): Promise<TextEdit[]> => {
  if (settings.isIgnored || settings.trouble !== undefined) return [];
  const { text } = format(open.document, await settings.formatting());
  return textEdits(open, changesBetween(open.document.text, text));
};
