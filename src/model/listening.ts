import type { Instruction } from '../ast/nodes.ts';
import type { ShellCommand } from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import type { Model } from './index.ts';
import { shellValue } from './shell-paths.ts';
import type { StageInfo } from './stages.ts';
import { startupOf } from './startup.ts';

/** A port that a command is told to listen on, and the word that says so. */
export interface ListeningPort {
  readonly port: number;
  readonly at: Range;
}

/** The ports on which what a stage starts is told to listen, by an argument or an ENV; none where a script may decide. */
export const listeningPorts = (model: Model, stage: StageInfo): readonly ListeningPort[] => {
  const { entrypoint, cmd, commands } = startupOf(model, stage);
  if (commands.some(({ name = '' }) => OTHER_SERVERS.has(name))) return [];
  // Only a shell form has variables in its words.
  const node = cmd?.command.kind === 'ShellForm' ? cmd : (entrypoint ?? cmd);
  if (!node) return [];
  const told = commands.flatMap((command) => portsIn(argumentsOf(model, node, command), command.name ?? ''));
  return told.length > 0 ? told : fromEnv(model, stage, commands);
};

/** What listens, or starts something that does, as its own files say. */
const OTHER_SERVERS: ReadonlySet<string> = new Set(
  'apache2 apache2ctl apachectl caddy dlv haproxy httpd nginx rc-service runsvdir service supervisord systemctl traefik varnishd'.split(
    ' ',
  ),
);

interface Argument extends Range {
  readonly text: string;
}

const argumentsOf = (model: Model, node: Instruction, command: ShellCommand): readonly Argument[] =>
  [command.word, ...command.arguments].flatMap((word) => {
    const text = word && shellValue(model, node, word);
    return word && text !== undefined ? [{ text, start: word.start, end: word.end }] : [];
  });

const portsIn = (words: readonly Argument[], program: string): readonly ListeningPort[] => {
  const found: ListeningPort[] = [];
  for (const [index, word] of words.entries()) {
    const [, option = '', joined] = /^(-[^=]*)(?:=(.*))?$/s.exec(word.text) ?? [];
    const value = joined === undefined ? words[index + 1] : { ...word, text: joined };
    const port = value && (optionPort(option, value.text, program) ?? operandPort(word.text, value.text, program));
    if (value && port !== undefined) found.push({ port, at: { start: value.start, end: value.end } });
  }
  return found;
};

const PORT_OPTION = /^--?(?:(?:http|web|server|listen|bind)[-._]?)?port$/i;
const JAVA_OPTION = /^-D(?:[\w.]+\.)?(?:server|http)\.port$/;
const ADDRESS_OPTION =
  /^--?(?:bind|listen|addr|address|http|http-socket|http-address|urls|server\.urls|web\.listen-address)$/;

/** Programs whose `-p` is the port. */
const SHORT_PORT = /^(?:flask|gatsby|http-server|hugo|next|nuxt|puma|rackup|rails|serve|thin|ttyd|daphne|json-server)$/;

const optionPort = (option: string, value: string, program: string): number | undefined => {
  if (PORT_OPTION.test(option) || JAVA_OPTION.test(option)) return portOf(value);
  if (option === '-p' && SHORT_PORT.test(program)) return portOf(value);
  if (option === '-l' && program === 'serve') return portOf(value) ?? addressPort(value);
  const isAddress =
    ADDRESS_OPTION.test(option) ||
    (option === '-b' && /^(?:gunicorn|hypercorn)$/.test(program)) ||
    (option === '-S' && program === 'php');
  return isAddress ? addressPort(value) : undefined;
};

/** `runserver [host:]port` and `python -m http.server port`. */
const operandPort = (word: string, next: string, program: string): number | undefined => {
  if (word === 'runserver') return portOf(next) ?? addressPort(next);
  return word === 'http.server' && program.startsWith('python') ? portOf(next) : undefined;
};

const portOf = (text: string): number | undefined => {
  const port = /^\d{2,5}$/.test(text) ? Number(text) : Number.NaN;
  return port > 0 && port <= 65_535 ? port : undefined;
};

/** The port of `[scheme://]host:port`, unless it can be reached from within the container alone. */
const addressPort = (text: string): number | undefined => {
  const [, host = '', port = ''] =
    /^(?:https?:\/\/|tcp:\/\/)?([\w.*+-]*|\[[\da-f:]*\]):(\d+)(?:\/.*)?$/i.exec(text) ?? [];
  return /^(?:localhost|127\.|\[::1\])/i.test(host) ? undefined : portOf(port);
};

/** Variables that what is started reads when its arguments name no port. */
const PORT_VARIABLES: readonly (readonly [program: RegExp, names: readonly string[]])[] = [
  [/^dotnet$/, ['ASPNETCORE_HTTP_PORTS', 'ASPNETCORE_URLS']],
  [/^flask$/, ['FLASK_RUN_PORT']],
  [/^(?:bun|next|node|npm|pnpm|puma|rails|yarn)$/, ['PORT']],
];

const fromEnv = (model: Model, stage: StageInfo, commands: readonly ShellCommand[]): readonly ListeningPort[] => {
  const { bindings } = model.stateAfter(stage);
  const names = PORT_VARIABLES.flatMap(([program, list]) =>
    commands.some(({ name = '' }) => program.test(name)) ? list : [],
  );
  for (const name of names) {
    const { value, by, node } = bindings.get(name) ?? {};
    const port = value === undefined ? undefined : (portOf(value) ?? addressPort(value));
    if (by === 'env' && node && port !== undefined) return [{ port, at: node }];
  }
  return [];
};
