import type { Iechorfile } from '../ast/nodes.ts';
import { entryOf } from '../source/entry.ts';
import { bottomStage, type StageInfo } from './stages.ts';
import type { State } from './state.ts';

/** `posix` and `bash` are read by the shell parser; for the others there is no script. */
export type Dialect = 'posix' | 'bash' | 'powershell' | 'cmd' | 'other';

/** The shell that shell-form commands run in. `argv` is undefined while it is the default of the platform. */
export interface ShellInForce {
  readonly dialect: Dialect;
  readonly argv: readonly string[] | undefined;
  /** The name in a comment that says which shell there is. */
  readonly said?: string;
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  sh: 'posix',
  ash: 'posix',
  dash: 'posix',
  busybox: 'posix',
  bash: 'bash',
  ksh: 'bash',
  powershell: 'powershell',
  pwsh: 'powershell',
  cmd: 'cmd',
};

/** The dialect of a program such as `/bin/bash` or `cmd.exe`. */
export const dialectOf = (program: string): Dialect => {
  const name = program
    .toLowerCase()
    .replace(/^.*[\\/]/, '')
    .replace(/\.exe$/, '');
  return entryOf(DIALECTS, name) ?? 'other';
};

/** SHELL decides, inherited through stages; else the platform of the base image. */
export const shellInForce = (file: Iechorfile, stage: StageInfo, state: State): ShellInForce => {
  const argv = state.shell;
  if (argv) return { dialect: throughWrapper(argv), argv };
  return { dialect: isWindowsStage(file, stage) ? 'cmd' : 'posix', argv: undefined };
};

// `SHELL ["/usr/bin/env", "bash", "-c"]` and the like.
const throughWrapper = (argv: readonly string[]): Dialect => {
  for (const word of argv) {
    const dialect = dialectOf(word);
    if (dialect !== 'other') return dialect;
    if (!/(?:^|\/)env$/.test(word) && !word.startsWith('-')) return 'other';
  }
  return 'other';
};

const WINDOWS =
  /(?:^|[/:-])(?:nanoserver|windowsservercore|servercore|windows)(?:[/:-]|$)|\/dotnet\/framework\/|^microsoft\/(?:iis|aspnet|dotnet-framework|mssql-server-windows)/;

/** Whether the base image, as far as its name tells, is a Windows one; a backtick as escape says the same. */
export const isWindowsStage = (file: Iechorfile, stage: StageInfo): boolean => {
  const root = bottomStage(stage).base;
  if (root.kind === 'image' && WINDOWS.test(root.text.toLowerCase())) return true;
  return file.escape === '`' && root.kind !== 'scratch';
};

/** The dialect that a script's `#!` line asks for. */
export const shebangDialect = (script: string): Dialect | undefined => {
  const program = shebangProgram(script);
  return program === undefined ? undefined : dialectOf(program);
};

/** The program that a script's `#!` line names, without its folder. */
export const shebangProgram = (script: string): string | undefined => {
  const [, program = '', argument = ''] = /^#![\t ]*(\S+)(?:[\t ]+(?:-S[\t ]+)?(\S+))?/.exec(script) ?? [];
  if (!program) return undefined;
  return (program.endsWith('/env') ? argument : program).replace(/^.*\//, '');
};
