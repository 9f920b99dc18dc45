import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { endWithUs } from './children.ts';
import { withoutDescriptors } from './descriptors.ts';
import { type ExitCode, NO_SANDBOX, SandboxError } from './port.ts';
import type { Programs } from './programs.ts';
import { LEADS_OUT } from './walk.ts';

/** A shell outside of the steps that starts them: it is small, and starts programs much faster than Node does. */
export interface Supervisor {
  readonly start: (task: Task) => Promise<ExitCode>;
  /** Whether it has been ended, with all of its steps. */
  readonly hasEnded: () => boolean;
}

/** A script to run by a command such as `unshare … sh`; it says `ready` on its third descriptor before it becomes the step. */
export interface Task {
  readonly command: string;
  readonly script: string;
  readonly output: (chunk: Buffer) => void;
}

/** How many steps can run at a time; more wait. */
const PIPES = 16;

interface Running {
  isReady: boolean;
  readonly onReady: () => void;
  readonly onExit: (code: ExitCode) => void;
}

/**
 * Starts it. It is the first process of its own namespace, so that the kernel ends every step with it, and it ends with
 * this process, however that ends.
 */
export const startSupervisor = (programs: Programs, within: string): Supervisor => {
  mkdirSync(within, { recursive: true });
  // Each build of a process has its own.
  const folder = mkdtempSync(join(within, 'pipes-'));
  const child = startShell(programs, folder);
  endWithUs(child);
  const pipes = Array.from({ length: PIPES }, (_each, index) => join(folder, `pipe-${index}`));
  const running = new Map<string, Running>();
  const started = new Promise<void>((resolve, reject) => listen(child, running, resolve, reject));
  started.catch(() => {});
  child.stdin.write(
    `${programs.mkfifo} -m 666 ${pipes.map((_path, index) => `pipe-${index}`).join(' ')} || exit; echo started\n`,
  );
  const free = queueOf(pipes);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    async start(task) {
      await started;
      setAwake(child, true);
      const path = await free.take();
      try {
        // What waited for others learns of the end here alone.
        if (hasEnded()) throw new SandboxError(`${NO_SANDBOX}: it has ended with another step`);
        return await runTask(child, running, path, task);
      } finally {
        free.give(path);
        if (running.size === 0) setAwake(child, false);
      }
    },
    hasEnded,
  };
};

/** A shell that is the first process of a namespace, so that all that it starts ends with it. */
const startShell = ({ setpriv, unshare, sh }: Programs, folder: string) => {
  const flags = ['-p', '-f', '-m', '--kill-child=KILL', '--propagation', 'private'];
  const [program = '', ...words] = withoutDescriptors([setpriv, '--pdeathsig', 'KILL', unshare, ...flags, sh]);
  return spawn(program, words, {
    cwd: folder,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', LIBMOUNT_FORCE_MOUNT2: 'always' },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A signal from the terminal reaches us alone, and we end it.
    detached: true,
  });
};

/** While no step runs it does not keep this process from its end. */
const setAwake = (child: ChildProcess, isAwake: boolean): void => {
  for (const each of [child, child.stdout, child.stderr, child.stdin]) {
    if (each instanceof Socket || each === child) isAwake ? each.ref() : each.unref();
  }
};

const listen = (
  child: ChildProcess,
  running: Map<string, Running>,
  onStart: () => void,
  onEnd: (error: Error) => void,
): void => {
  let rest = '';
  let problem = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    problem = `${problem}${chunk}`.slice(-2000);
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [word, id = '', code = ''] = line.split(' ');
      if (word === 'started') onStart();
      else if (word === 'ready') running.get(id)?.onReady();
      else if (word === 'ended') running.get(id)?.onExit(Number(code));
    }
  });
  child.stdin?.on('error', () => {});
  child.once('error', onEnd);
  child.once('close', () => {
    onEnd(new SandboxError(`${NO_SANDBOX}: ${problem.trim() || 'unshare ended'}`));
    for (const { onExit } of running.values()) onExit(137);
  });
};

let count = 0;

const runTask = (
  child: ChildProcess,
  running: Map<string, Running>,
  path: string,
  { command, script, output }: Task,
): Promise<ExitCode> => {
  const id = String(count++);
  const before: Buffer[] = [];
  const closed = readPipe(path, (chunk) => {
    if (task.isReady) output(chunk);
    else before.push(chunk);
  });
  let finish: (code: ExitCode) => void = () => {};
  const exited = new Promise<ExitCode>((resolve) => {
    finish = resolve;
  });
  const task: Running = {
    isReady: false,
    onReady() {
      task.isReady = true;
      for (const chunk of before.splice(0)) output(chunk);
    },
    onExit: (code) => finish(code),
  };
  running.set(id, task);
  const end = `end-of-${id}-${process.hrtime.bigint()}`;
  const ready = script.replace('echo ready', `echo ready ${id}`);
  child.stdin?.write(`{ ${command} 3>&1 >${path} 2>&1 <<'${end}'\n${ready}${end}\necho ended ${id} $?; } &\n`);
  return outcomeOf(task, exited, closed, before).finally(() => running.delete(id));
};

const outcomeOf = async (
  task: Running,
  exited: Promise<ExitCode>,
  pipe: { readonly closed: Promise<void>; readonly letGo: () => void },
  before: readonly Buffer[],
): Promise<ExitCode> => {
  const code = await exited;
  pipe.letGo();
  await pipe.closed;
  if (task.isReady) return code;
  // After the first mount has failed all others do.
  const [text, place] = Buffer.concat(before).toString('utf8').trim().split('\n');
  throw new SandboxError(setupTrouble(text || `exit code ${code}`, place));
};

/** What a program that sets a step up says; a mount without a place is the file's fault, and not the machine's. */
const setupTrouble = (text: string, place = ''): string => {
  if (text.endsWith(LEADS_OUT)) return text;
  const [, path] = /\/\.\.(\/[^':]+)/.exec(`${text} ${place}`) ?? [];
  if (path && text.includes('Read-only file system'))
    return `${path} is not there to mount on, and what is mounted above it is read-only: make it in its source, or mount that with rw`;
  if (path && text.includes('mount point does not exist')) return `${path} is not there to mount on`;
  return `${NO_SANDBOX}: ${text}`;
};

/**
 * A real pipe: those that Node makes are sockets, and a step could not open its `/dev/stdout`. We hold it open for
 * writing until the step has ended, since it has no writer before it starts.
 */
const readPipe = (
  path: string,
  output: (chunk: Buffer) => void,
): { readonly closed: Promise<void>; readonly letGo: () => void } => {
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  const socket = new Socket({ fd: readEnd, readable: true, writable: false });
  socket.on('data', output);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { closed, letGo: () => closeSync(writeEnd) };
};

interface Queue {
  readonly take: () => Promise<string>;
  readonly give: (item: string) => void;
}

const queueOf = (items: readonly string[]): Queue => {
  const free = [...items];
  const waiting: ((item: string) => void)[] = [];
  return {
    take: () => {
      const item = free.pop();
      return item === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(item);
    },
    give(item) {
      const next = waiting.shift();
      if (next) next(item);
      else free.push(item);
    },
  };
};
