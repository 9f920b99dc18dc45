import { DidChangeConfigurationNotification, DidChangeWatchedFilesNotification } from 'vscode-languageserver/node';
import { CONFIG_NAMES, HADOLINT_NAMES } from '../config/discover.ts';
import { IGNORE_ENDINGS } from '../facts/index.ts';
import { codeActions, fixAllEdit, OPEN_RULE } from './code-actions.ts';
import { type Checker, checkerOf } from './diagnostics.ts';
import { answerQuestions } from './features.ts';
import { followBuilds } from './hints.ts';
import { rulePlace } from './rule-page.ts';
import { guard, type Session } from './session.ts';

/** Answers what the editor asks, and follows what it tells. */
export const listen = (session: Session, prefer: (settings: unknown) => void): void => {
  const checker = checkerOf(session);
  followDocuments(session, checker);
  followSettings(session, checker, prefer);
  answerActions(session, checker);
  answerQuestions(session, checker);
};

const followDocuments = ({ connection, documents, settings }: Session, checker: Checker): void => {
  documents.onDidOpen(() => settings.forget());
  documents.onDidChangeContent(({ document }) => checker.changed(document.uri));
  documents.onDidClose(({ document }) => checker.closed(document.uri));
  connection.languages.diagnostics.on(({ textDocument, previousResultId }, token) =>
    checker.report(textDocument.uri, previousResultId, token),
  );
};

/** The files that say how others are linted. */
const WATCHED = [...CONFIG_NAMES, ...HADOLINT_NAMES, 'package.json', ...IGNORE_ENDINGS].map((name) => ({
  globPattern: `**/${name}`,
}));

const followSettings = (session: Session, checker: Checker, prefer: Prefer): void => {
  const { connection, client, settings } = session;
  let unfollow = () => {};
  const restart = () => {
    settings.forget();
    checker.all();
    unfollow();
    unfollow = followBuilds(session);
  };
  const ask = async () => {
    prefer(await connection.workspace.getConfiguration('iechorlint'));
    restart();
  };
  connection.onInitialized(() => {
    if (client.watchesFiles)
      guard(connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: WATCHED }), session);
    unfollow = followBuilds(session);
    if (client.tellsConfiguration)
      guard(connection.client.register(DidChangeConfigurationNotification.type, { section: 'iechorlint' }), session);
    if (client.hasConfiguration) guard(ask(), session);
  });
  connection.onDidChangeWatchedFiles(restart);
  connection.onDidChangeConfiguration(({ settings: sent }) => {
    if (client.hasConfiguration) return guard(ask(), session);
    prefer(sent);
    restart();
  });
};

type Prefer = (settings: unknown) => void;

const answerActions = (session: Session, checker: Checker): void => {
  const { connection, client } = session;
  connection.onCodeAction(async (params) => {
    const { uri } = params.textDocument;
    const found = await checker.findings(uri);
    const opened = await session.open(uri);
    return opened && found?.open === opened.open ? [...codeActions(opened, found, params, client)] : [];
  });
  connection.onCodeActionResolve(async (action) => {
    const opened = typeof action.data === 'string' ? await session.open(action.data) : undefined;
    return opened ? { ...action, edit: fixAllEdit(opened, client) } : action;
  });
  connection.onExecuteCommand(async ({ command, arguments: [rule] = [] }) => {
    const place = command === OPEN_RULE && typeof rule === 'string' ? rulePlace(rule) : undefined;
    if (!place || !client.showsDocuments) return null;
    const at = { line: place.line, character: 0 };
    await connection.window.showDocument({ uri: place.uri, selection: { start: at, end: at } });
    return null;
  });
};
