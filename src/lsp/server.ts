import { createConnection, ProposedFeatures, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Io } from '../cli/io.ts';
import { version } from '../cli/version.ts';
import type { Rule } from '../lint/rule.ts';
import { CAPABILITIES } from './capabilities.ts';
import { clientOf, isTrusted, preferencesOf } from './client.ts';
import { listen } from './listen.ts';
import { sessionOf } from './session.ts';
import { settingsSource } from './settings.ts';

/** Serves one editor over standard input and output until it says that it is done, which ends the process. */
export const serve = (io: Io, rules: readonly Rule[]): Promise<number> => {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  const documents = new TextDocuments(TextDocument);
  connection.onInitialize((params) => {
    const client = clientOf(params);
    const { initializationOptions: options } = params;
    const world = { ...io, cwd: client.root ?? io.cwd };
    const read = (settings: unknown) => preferencesOf(settings, isTrusted(options), world.cwd);
    let preferences = read(options);
    const settings = settingsSource(
      rules,
      world,
      () => preferences,
      (text) => connection.console.info(text),
    );
    const session = sessionOf({ connection, documents, io: world, client, preferences: () => preferences, settings });
    listen(session, (changed) => {
      preferences = read(changed);
    });
    return { capabilities: CAPABILITIES, serverInfo: { name: 'iechorlint', version } };
  });
  documents.listen(connection);
  connection.listen();
  return new Promise(() => {});
};
