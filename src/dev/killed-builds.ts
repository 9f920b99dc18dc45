import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomOf } from './random.ts';
import type { Scene } from './scene.ts';

export interface KillReport {
  readonly killed: number;
  /** Builds that were done before they were to be killed. */
  readonly finished: number;
  /** What was not as it should be; empty where nothing was. */
  readonly problems: readonly string[];
}

const FILE = `FROM busybox AS one
RUN --mount=type=cache,target=/c,sharing=locked n=$(cat /c/n 2>/dev/null || echo 0); echo $((n + 1)) > /c/new && mv /c/new /c/n; echo one > /one
COPY large /large
FROM busybox AS two
RUN mkdir /d && for i in 1 2 3 4 5 6 7 8 9; do echo $i > /d/$i; done; rm /bin/vi
FROM busybox
ARG number
COPY --from=one /one /large /
COPY --from=two /d /d
RUN rm /d/3; cat /d/* > /all; echo $number > /number; sleep 0.1
WORKDIR /w
COPY small .
`;

/** Kills builds at random moments on one store, and looks after each whether anything is lost, wrong or left. */
export const killBuilds = async (scene: Scene, count: number, seed: number): Promise<KillReport> => {
  const random = randomOf(seed);
  const context = writeContext(scene);
  const before = stateOf(context);
  const problems: string[] = [];
  for (const store of ['whole', 'killed']) sure(scene, 'load', '-q', '-i', scene.base, ...storeOf(scene, store));
  const began = performance.now();
  sure(scene, ...buildArguments(scene, 'whole', 'first'), '--no-cache');
  const lasts = performance.now() - began;
  let killed = 0;
  for (let number = 0; number < count; number++) {
    const child = start(scene, [...buildArguments(scene, 'killed', number), '--no-cache']);
    if (await killedAfter(child, random.next() * lasts)) killed++;
    problems.push(...lookAfter(scene, number, number % 10 === 9 || number === count - 1));
  }
  if (stateOf(context) !== before) problems.push('the context was written to');
  return { killed, finished: count - killed, problems };
};

const writeContext = ({ folder }: Scene): string => {
  const context = join(folder, 'context');
  mkdirSync(context, { recursive: true });
  const files = { Dockerfile: FILE, small: 'small', large: Buffer.alloc(9_000_000, 'large') };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(context, name), content);
  return context;
};

/** Names, times and contents. */
const stateOf = (context: string): string =>
  readdirSync(context)
    .map((name) => `${name} ${statSync(join(context, name)).ctimeMs} ${readFileSync(join(context, name)).length}`)
    .join('\n');

const storeOf = ({ folder }: Scene, name: string): readonly string[] => ['--store', join(folder, name)];

const buildArguments = (scene: Scene, store: string, number: number | string): readonly string[] => [
  ...['build', '--no-lint', '-q', '-t', 'built', '--network', 'none', '--build-arg', `number=${number}`],
  ...storeOf(scene, store),
  join(scene.folder, 'context'),
];

const start = ({ command: [program = '', ...first], env, folder }: Scene, args: readonly string[]): ChildProcess =>
  spawn(program, [...first, ...args], { env, cwd: folder, stdio: 'ignore' });

const call = ({ command: [program = '', ...first], env, folder }: Scene, args: readonly string[]) =>
  spawnSync(program, [...first, ...args], { env, cwd: folder, encoding: 'utf8' });

const sure = (scene: Scene, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = call(scene, args);
  if (status !== 0) throw new Error(`${args.join(' ')}: ${status} ${stderr}`);
  return stdout.trim();
};

/** Whether it was still there. */
const killedAfter = async (child: ChildProcess, milliseconds: number): Promise<boolean> => {
  const ended = new Promise<boolean>((done) => child.once('exit', (_code, signal) => done(signal === 'SIGKILL')));
  await pause(milliseconds);
  child.kill('SIGKILL');
  return ended;
};

/** The next build gives what a store gives on which nobody was killed; verifying takes long, and is done now and then. */
const lookAfter = (scene: Scene, number: number, isThorough: boolean): readonly string[] => {
  const problems: string[] = [];
  const mounts = readFileSync('/proc/mounts', 'utf8');
  if (mounts.includes(scene.folder)) problems.push(`${number}: something is mounted still`);
  const names = sure(scene, 'images', ...storeOf(scene, 'killed'), '--format', 'json');
  if (!names.includes('busybox')) problems.push(`${number}: the image that was there is lost`);
  const wanted = sure(scene, ...buildArguments(scene, 'whole', number));
  const { status, stdout, stderr } = call(scene, buildArguments(scene, 'killed', number));
  if (status !== 0) problems.push(`${number}: the next build fails: ${stderr.trim()}`);
  else if (stdout.trim() !== wanted) problems.push(`${number}: the next build is ${stdout.trim()} and not ${wanted}`);
  const work = readdirSync(join(scene.folder, 'killed', '1', 'work'));
  if (work.length > 0) problems.push(`${number}: there is left: ${work.join(', ')}`);
  if (isThorough) problems.push(...verified(scene, number));
  return problems;
};

const verified = (scene: Scene, number: number): readonly string[] => {
  const { status, stdout } = call(scene, ['store', 'verify', ...storeOf(scene, 'killed')]);
  return status === 0 && stdout === '' ? [] : [`${number}: store verify: ${status} ${stdout.trim()}`];
};
