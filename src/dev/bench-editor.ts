import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { longFile } from './long-file.ts';

/** Measures what a keystroke costs in an editor: a real server over its standard input and output, in files of 3,000 lines. */
const KEYSTROKES = 41;

const URI = pathToFileURL('iEchorfile.bench').href;

const startServer = () => {
  const server = spawn(process.execPath, ['dist/cli.js', 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const waiting: ((version: number) => void)[] = [];
  connection.onNotification('textDocument/publishDiagnostics', ({ version }: { version: number }) => {
    waiting.shift()?.(version);
  });
  connection.listen();
  const published = () => new Promise<number>((resolve) => waiting.push(resolve));
  return { server, connection, published };
};

interface Times {
  /** Until what can be completed there is told. */
  readonly answered: number;
  /** Until the findings of the new text are there, those of untouched instructions moved. */
  readonly found: number;
  /** Until all findings of the new text are there, the rest that its user is left included. */
  readonly settled: number;
}

export const measureEditor = async (shape: Parameters<typeof longFile>[0]): Promise<readonly Times[]> => {
  const { server, connection, published } = startServer();
  const text = longFile(shape);
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  const textDocument = { uri: URI, languageId: 'dockerfile', version: 1, text };
  const first = published();
  await connection.sendNotification('textDocument/didOpen', { textDocument });
  await first;
  const lines = text.split('\n');
  const times: Times[] = [];
  for (let version = 2; version < KEYSTROKES + 2; version++) {
    // Into the middle of an ENV, from the top of the file to its end.
    const line = lines.findIndex(
      (each, index) => index > ((version - 2) / KEYSTROKES) * (lines.length - 30) && each.startsWith('ENV'),
    );
    const position = { line, character: 8 };
    const start = performance.now();
    const soon = published();
    const late = published();
    const changes = [{ range: { start: position, end: position }, text: 'x' }];
    const changed = { textDocument: { uri: URI, version }, contentChanges: changes };
    await connection.sendNotification('textDocument/didChange', changed);
    const since = async (work: Promise<unknown>) => {
      await work;
      return performance.now() - start;
    };
    const answer = connection.sendRequest('textDocument/completion', { textDocument: { uri: URI }, position });
    const [answered, found, settled] = await Promise.all([since(answer), since(soon), since(late)]);
    times.push({ answered, found, settled });
  }
  server.kill();
  connection.dispose();
  // The first ones warm the server up.
  return times.slice(KEYSTROKES >> 2);
};

const middle = (values: readonly number[], share: number): string =>
  (values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0).toFixed(0);

/** The lines of the benchmark about editors. */
export const reportEditor = async (): Promise<void> => {
  for (const shape of ['one stage', 'many stages'] as const) {
    const times = await measureEditor(shape);
    const cell = (key: keyof Times) => {
      const values = times.map((each) => each[key]);
      return `${middle(values, 0.5)} ms (95 %: ${middle(values, 0.95)} ms)`;
    };
    console.log(
      `${`a keystroke in 3,000 lines, ${shape}`.padEnd(42)}answered in ${cell('answered')}, findings in ${cell('found')}, all settled in ${cell('settled')}`,
    );
  }
};
