import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { folderWith } from './cli.ts';
import { type Editor, greet, type Message, startEditor } from './editor.ts';

/** A place as the protocol counts it, from 0. */
export interface At {
  readonly line: number;
  readonly character: number;
}

export const at = (line: number, character: number): At => ({ line, character });

/** An editor with a folder open, and a Dockerfile in it that need not be there. */
export interface Desk {
  readonly editor: Editor;
  readonly hello: Message;
  readonly folder: string;
  readonly uri: string;
  readonly uriOf: (name: string) => string;
}

/** Starts the server of a bundle for a folder of these files; it ends with the test. */
export const deskOf = async (
  cli: string,
  files: Readonly<Record<string, string>> = {},
  hello: Parameters<typeof greet>[2] = {},
): Promise<Desk> => {
  const folder = folderWith({ '.iechorlint.yaml': 'root: true\n', ...files });
  const editor = startEditor(cli, folder, '--stdio');
  onTestFinished(() => {
    editor.process.kill();
  });
  const answer = await greet(editor, folder, hello);
  const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
  return { editor, hello: answer, folder, uri: uriOf('Dockerfile'), uriOf };
};

/** The text after edits in UTF-16 positions, applied from the end as an editor does. */
export const applied = (
  text: string,
  edits: readonly { readonly range: { readonly start: At; readonly end: At }; readonly newText: string }[],
): string => {
  const lines = text.split('\n');
  const offset = ({ line, character }: At) =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  return edits
    .toSorted((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (result, { range, newText }) => result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end)),
      text,
    );
};
