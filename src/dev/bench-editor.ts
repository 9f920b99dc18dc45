import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type Position,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { longFile } from './long-file.ts';

/** Measures what a keystroke costs in an editor: a real server over its standard input and output, in files of 3,000 lines. */
const KEYSTROKES = 41;

const URI = pathToFileURL('iEchorfile.bench').href;

const startServer = () => {
  const child = spawn(process.execPath, ['dist/cli.js', 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  let waiting: (() => void)[] = [];
  connection.onNotification('textDocument/publishDiagnostics', () => waiting.shift()?.());
  connection.listen();
  const published = () => new Promise<void>((resolve) => waiting.push(resolve));
  const forget = () => {
    waiting = [];
  };
  return { process: child, connection, published, forget };
};

type Server = ReturnType<typeof startServer>;

interface Times {
  /** Until what can be completed there is told. */
  readonly answered: number;
  /** Until the findings of the new text are there, those of untouched instructions moved. */
  readonly found: number;
  /** Until all findings of the new text are there, the rest that its user is left included. */
  readonly settled: number;
}

const measureEditor = async (shape: Parameters<typeof longFile>[0]): Promise<readonly Times[]> => {
  const server = startServer();
  const text = longFile(shape);
  const textDocument = { uri: URI, languageId: 'dockerfile', version: 1, text };
  await server.connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  await server.connection.sendNotification('initialized', {});
  const first = server.published();
  await server.connection.sendNotification('textDocument/didOpen', { textDocument });
  await first;
  const lines = text.split('\n');
  const times: Times[] = [];
  for (let index = 0; index < KEYSTROKES; index++) {
    // Into an ENV, from the top of the file to its end.
    const from = (index / KEYSTROKES) * (lines.length - 30);
    const line = lines.findIndex((each, at) => at > from && each.startsWith('ENV'));
    times.push(await timesOf(server, index + 2, { line, character: 8 }));
  }
  server.process.kill();
  server.connection.dispose();
  // The first ones warm the server up.
  return times.slice(KEYSTROKES >> 2);
};

/** Findings that are there this soon are sent once, and nothing follows. */
const SILENCE = 1000;

/** Types one letter, and asks what could stand there, as editors do. */
const timesOf = async (
  { connection, published, forget }: Server,
  version: number,
  position: Position,
): Promise<Times> => {
  const start = performance.now();
  const since = async (work: Promise<unknown>) => {
    await work;
    return performance.now() - start;
  };
  const [soon, late] = [since(published()), since(published())];
  await connection.sendNotification('textDocument/didChange', {
    textDocument: { uri: URI, version },
    contentChanges: [{ range: { start: position, end: position }, text: 'x' }],
  });
  const answer = since(connection.sendRequest('textDocument/completion', { textDocument: { uri: URI }, position }));
  const [answered, found] = await Promise.all([answer, soon]);
  const settled = await Promise.race([late, setTimeout(SILENCE, found)]);
  forget();
  return { answered, found, settled };
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
