import { CodeActionKind, type ServerCapabilities, TextDocumentSyncKind } from 'vscode-languageserver/node';
import { FIX_ALL, OPEN_RULE } from './code-actions.ts';

/** What the server can do, as it tells every editor. */
export const CAPABILITIES: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL], resolveProvider: true },
  executeCommandProvider: { commands: [OPEN_RULE] },
  diagnosticProvider: { identifier: 'iechorlint', interFileDependencies: false, workspaceDiagnostics: false },
};
