import { CodeActionKind, type ServerCapabilities, TextDocumentSyncKind } from 'vscode-languageserver/node';
import { FIX_ALL, OPEN_RULE } from './code-actions.ts';
import { LEGEND } from './tokens.ts';

/** What the server can do, as it tells every editor. */
export const CAPABILITIES: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL], resolveProvider: true },
  executeCommandProvider: { commands: [OPEN_RULE] },
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['$', '{', '-', '=', ':', '/', ',', '#', ' '] },
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  documentLinkProvider: { resolveProvider: false },
  documentFormattingProvider: true,
  inlayHintProvider: true,
  semanticTokensProvider: { legend: LEGEND, full: { delta: true }, range: true },
  diagnosticProvider: { identifier: 'iechorlint', interFileDependencies: false, workspaceDiagnostics: false },
};
