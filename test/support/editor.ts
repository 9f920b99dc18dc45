import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** A message as it comes: an answer, or something that the server says or asks. */
export interface Message {
  readonly id?: number;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: What an answer holds is what the tests are about.
  readonly params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: As above.
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A language server as an editor sees it. */
export interface Editor {
  readonly process: ChildProcessWithoutNullStreams;
  /** Bytes as they are. */
  readonly write: (text: string) => void;
  readonly send: (message: object) => void;
  readonly notify: (method: string, params: object) => void;
  readonly ask: (method: string, params: object | null) => Promise<Message>;
  /** The result of a request, which must have one. */
  // biome-ignore lint/suspicious/noExplicitAny: As above.
  readonly result: (method: string, params: object | null) => Promise<any>;
  /** The next message that the server sends by itself, those of before included that nobody took. */
  readonly next: (method: string) => Promise<Message>;
  readonly change: (uri: string, version: number, ...changes: readonly object[]) => void;
  readonly open: (uri: string, text: string) => void;
  readonly exit: Promise<number | null>;
  readonly stderr: () => string;
}

/** Starts the server of a bundle over its standard input and output. */
export const startEditor = (cli: string, cwd: string, ...args: readonly string[]): Editor => {
  const process_ = spawn(process.execPath, [cli, 'lsp', ...args], { cwd });
  const waiting = new Map<number, (message: Message) => void>();
  const unread: Message[] = [];
  const readers: { readonly method: string; readonly take: (message: Message) => void }[] = [];
  let stderr = '';
  let id = 0;
  const write = (text: string) => process_.stdin.write(text);
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const take = (message: Message) => {
    if (message.method === undefined) return waiting.get(message.id ?? -1)?.(message);
    const reader = readers.findIndex(({ method }) => method === message.method);
    if (reader < 0) unread.push(message);
    else readers.splice(reader, 1)[0]?.take(message);
  };
  process_.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  process_.stdin.on('error', () => {});
  readMessages(process_, take);
  const ask = (method: string, params: object | null) =>
    new Promise<Message>((resolve) => {
      waiting.set(++id, resolve);
      send({ id, method, params });
    });
  return {
    process: process_,
    write,
    send,
    ask,
    notify: (method, params) => send({ method, params }),
    async result(method, params) {
      const { error, result } = await ask(method, params);
      if (error) throw new Error(`${method}: ${error.message}`);
      return result;
    },
    next(method) {
      const at = unread.findIndex((message) => message.method === method);
      const [found] = at < 0 ? [] : unread.splice(at, 1);
      return found ? Promise.resolve(found) : new Promise((take) => readers.push({ method, take }));
    },
    open: (uri, text) =>
      send({
        method: 'textDocument/didOpen',
        params: { textDocument: { uri, languageId: 'dockerfile', version: 1, text } },
      }),
    change: (uri, version, ...contentChanges) =>
      send({ method: 'textDocument/didChange', params: { textDocument: { uri, version }, contentChanges } }),
    exit: new Promise((resolve) => process_.on('exit', resolve)),
    stderr: () => stderr,
  };
};

const readMessages = ({ stdout }: ChildProcessWithoutNullStreams, take: (message: Message) => void): void => {
  let bytes = Buffer.alloc(0);
  stdout.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const [head, length] =
        /^(?:[^\r\n]+\r\n)*?Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(bytes.toString('latin1')) ?? [];
      const end = (head?.length ?? 0) + Number(length);
      if (head === undefined || bytes.length < end) return;
      const message: Message = JSON.parse(bytes.subarray(head.length, end).toString());
      bytes = bytes.subarray(end);
      take(message);
    }
  });
};

/** What a capable editor says that it can do. */
export const CAPABLE = {
  textDocument: {
    codeAction: { resolveSupport: { properties: ['edit'] } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
  },
  workspace: { workspaceEdit: { documentChanges: true }, didChangeWatchedFiles: { dynamicRegistration: true } },
  window: { showDocument: { support: true } },
};

/** Says hello as an editor that has the folder open. */
export const greet = async (
  editor: Editor,
  folder: string,
  { capabilities = CAPABLE, options = {} }: { readonly capabilities?: object; readonly options?: object } = {},
): Promise<Message> => {
  const hello = await editor.ask('initialize', {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'it' }],
    capabilities,
    initializationOptions: options,
  });
  editor.notify('initialized', {});
  return hello;
};
