import { resolve } from 'node:path';
import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver/node';
import { pathOf } from './open-file.ts';

/** What the editor can do, as far as it changes what it is sent. */
export interface Client {
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly refreshesHints: boolean;
  readonly resolvesEdits: boolean;
  /** Edits that name the version of the document that they are for. */
  readonly takesVersions: boolean;
  /** Places in an edit to be filled in by the user. */
  readonly takesSnippets: boolean;
  readonly showsDocuments: boolean;
  readonly watchesFiles: boolean;
  readonly hasConfiguration: boolean;
  /** Says when the configuration changes, once it is asked to. */
  readonly tellsConfiguration: boolean;
  /** The folder that is open; undefined where single files are. */
  readonly root: string | undefined;
}

export const clientOf = ({ capabilities, workspaceFolders, ...params }: InitializeParams): Client => {
  const { textDocument, workspace, window }: ClientCapabilities = capabilities ?? {};
  const root = workspaceFolders?.[0]?.uri;
  const old = 'rootUri' in params && typeof params.rootUri === 'string' ? params.rootUri : undefined;
  return {
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    refreshesHints: workspace?.inlayHint?.refreshSupport === true,
    resolvesEdits: textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true,
    takesVersions: workspace?.workspaceEdit?.documentChanges === true,
    takesSnippets: workspace?.workspaceEdit?.snippetEditSupport === true,
    showsDocuments: window?.showDocument?.support === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    hasConfiguration: workspace?.configuration === true,
    tellsConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    root: pathOf(root ?? old ?? ''),
  };
};

/** What the user can set in the editor. */
export interface Preferences {
  /** Whether the folder's own code may run; plugins of a configuration are such. */
  readonly trusted: boolean;
  readonly plugins: boolean;
  /** A configuration file in the place of those that are found. */
  readonly config: string | undefined;
  /** The build context, for the rules that need one. */
  readonly context: string | undefined;
  /** Where images are kept. */
  readonly store: string | undefined;
}

/** Reads what an editor sends as settings; what is none of ours, or of another type, counts as not set. */
export const preferencesOf = (settings: unknown, trusted: boolean, root: string): Preferences => {
  const own = fieldOf(settings, 'iechorlint') ?? settings;
  return {
    trusted,
    plugins: fieldOf(own, 'plugins') !== false,
    config: pathIn(own, 'config', root),
    context: pathIn(own, 'context', root),
    store: pathIn(own, 'store', root),
  };
};

/** Only its initialization options: what it sends later may come from the very folder that is trusted or not. */
export const isTrusted = (options: unknown): boolean =>
  fieldOf(fieldOf(options, 'iechorlint') ?? options, 'trusted') === true;

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const pathIn = (value: unknown, name: string, root: string): string | undefined => {
  const text = fieldOf(value, name);
  return typeof text === 'string' && text !== '' ? resolve(root, text) : undefined;
};
