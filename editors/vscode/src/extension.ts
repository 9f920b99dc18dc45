import { commands, type ExtensionContext, Uri, workspace } from 'vscode';
import {
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
  TransportKind,
} from 'vscode-languageclient/node';

const OPEN_RULE = 'iechorlint.openRule';

let client: LanguageClient | undefined;

/** Called by the editor when a file that concerns us is opened. */
export const activate = async (context: ExtensionContext): Promise<void> => {
  client = clientFor(context);
  const running = client;
  const restart = () => running.restart();
  context.subscriptions.push(
    commands.registerCommand('iechorlint.restart', restart),
    commands.registerCommand('iechorlint.showOutput', () => running.outputChannel.show()),
    commands.registerCommand('iechorlint.showRules', () => showRule(context, '')),
    commands.registerCommand('iechorlint.fixAll', () =>
      commands.executeCommand('editor.action.sourceAction', { kind: 'source.fixAll.iechorlint', apply: 'first' }),
    ),
    // The server is told at its start whether code of the folder may run.
    workspace.onDidGrantWorkspaceTrust(restart),
  );
  await running.start();
};

/** Called by the editor when it ends. */
export const deactivate = (): Promise<void> | undefined => client?.stop();

const clientFor = (context: ExtensionContext): LanguageClient => {
  const server: ServerOptions = {
    module: context.asAbsolutePath('dist/cli.js'),
    args: ['lsp'],
    transport: TransportKind.stdio,
  };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: 'dockerfile' }, { language: 'iechorfile' }],
    initializationOptions: () => ({
      ...workspace.getConfiguration('iechorlint'),
      trusted: workspace.isTrusted,
    }),
    middleware: {
      executeCommand: (command, args, next) =>
        command === OPEN_RULE ? showRule(context, String(args[0])) : next(command, args),
    },
  };
  return new LanguageClient('iechorlint', 'iechorlint', server, options);
};

const showRule = (context: ExtensionContext, rule: string): Thenable<unknown> =>
  commands.executeCommand(
    'markdown.showPreview',
    Uri.joinPath(context.extensionUri, 'rules.md').with({ fragment: rule }),
  );
