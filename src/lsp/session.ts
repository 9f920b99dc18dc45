import type { Connection, TextDocuments } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Io } from '../cli/io.ts';
import type { Client, Preferences } from './client.ts';
import { type OpenFile, readerOf } from './open-file.ts';
import type { FileSettings, SettingsSource } from './settings.ts';

/** A document that is open, with how it is linted. */
export interface Opened {
  readonly open: OpenFile;
  readonly settings: FileSettings;
}

/** One editor and what it has open. */
export interface Session {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly io: Io;
  readonly client: Client;
  readonly preferences: () => Preferences;
  readonly settings: SettingsSource;
  /** The newest version of a document; undefined where none of that name is open. */
  readonly open: (uri: string) => Promise<Opened | undefined>;
}

export const sessionOf = (parts: Omit<Session, 'open'>): Session => {
  const read = readerOf();
  return {
    ...parts,
    async open(uri) {
      if (!parts.documents.get(uri)) return undefined;
      const settings = await parts.settings.of(uri);
      const source = parts.documents.get(uri);
      return source && { open: read(source, settings.config.inputs), settings };
    },
  };
};

/** Lets something go on that nobody waits for; the editor's log has why it failed. */
export const guard = (work: Promise<unknown>, { connection }: Pick<Session, 'connection'>): void => {
  work.catch((error: unknown) => {
    connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  });
};
