import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { LintConfig } from '../lint/setting.ts';
import { type Batch, batchesOf, type Share, type SharedConfig } from './batches.ts';
import { type Checked, checkTarget, plainFindings } from './check.ts';
import type { Target } from './discover.ts';
import type { Run } from './run.ts';

/** Fewer files than this take less time than a further thread takes to start. */
const FILES_PER_THREAD = 150;

// More gain nothing: each has the whole linter to warm up.
const MOST_THREADS = 8;

/** A further thread, on its way up or waiting for its share. */
interface Thread {
  readonly worker: Worker;
  /** When it has sent its last batch, or failed. */
  readonly end: Promise<unknown>;
}

/** Starts the threads that many files take besides this one; none of them keeps the process from its end. */
export const startThreads = (files: number, workerFile: string): readonly Thread[] => {
  globalThis.iechorlintSetFlags?.();
  const count = Math.min(availableParallelism(), MOST_THREADS, Math.ceil(files / FILES_PER_THREAD)) - 1;
  return Array.from({ length: count }, () => startThread(workerFile)).flat();
};

// Set by the launcher of the bundle: gives V8 the flags that several threads are to have.
declare global {
  var iechorlintSetFlags: (() => void) | undefined;
}

/** None where the system has no room for one. */
const startThread = (workerFile: string): readonly Thread[] => {
  try {
    const worker = new Worker(workerFile);
    worker.unref();
    const end = new Promise((resolve) => {
      for (const event of ['message', 'error', 'exit']) worker.once(event, resolve);
    });
    return [{ worker, end }];
  } catch {
    return [];
  }
};

/**
 * Checks many targets on all cores, this thread among them, and gives the answers on in the order of the targets as soon
 * as they are known, so that this thread reports while others still check.
 */
export const checkOnAllCores = async (
  run: Run,
  threads: readonly Thread[],
  cache: string | undefined,
  giveOn: (checked: Checked) => void,
): Promise<void> => {
  const { targets, io, settings, options } = run;
  const next = new Int32Array(new SharedArrayBuffer(4));
  const ports = shareWith(threads, shareOf(run, cache, next));
  const findings = cache === undefined ? plainFindings : (await import('./lint-cache.ts')).cachedFindings(cache);
  const check = (target: Target) => checkTarget(target, io, settings.of(target).config, options.maxFileSize, findings);
  const answers = answersInOrder(giveOn);
  const takeArrived = () => {
    for (const port of ports) for (const batch of batchesAt(port)) answers.put(batch);
  };
  for (const batch of batchesOf(targets, next, check)) {
    answers.put(batch);
    takeArrived();
  }
  await Promise.all(threads.map(({ end }) => end));
  takeArrived();
  // What a worker took that failed, for want of memory or threads, is left.
  for (const [index, target] of targets.entries())
    if (!answers.has(index)) answers.put({ start: index, checked: [check(target)] });
};

/** Sends each thread what it needs, and gives the ports on which its batches arrive. */
const shareWith = (threads: readonly Thread[], share: Share): readonly MessagePort[] =>
  threads.map(({ worker }) => {
    const { port1, port2 } = new MessageChannel();
    worker.ref();
    worker.postMessage([share, port2], [port2]);
    return port1;
  });

/** The batches that have arrived. */
const batchesAt = (port: MessagePort): readonly Batch[] => {
  const batches: Batch[] = [];
  for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port))
    batches.push(got.message);
  return batches;
};

interface Answers {
  readonly put: (batch: Batch) => void;
  readonly has: (index: number) => boolean;
}

/** Keeps answers until those before them are there. */
const answersInOrder = (giveOn: (checked: Checked) => void): Answers => {
  const waiting = new Map<number, Checked>();
  let given = 0;
  return {
    has: (index) => index < given || waiting.has(index),
    put: ({ start, checked }) => {
      for (const [index, each] of checked.entries()) waiting.set(start + index, each);
      for (let ready = waiting.get(given); ready !== undefined; ready = waiting.get(given)) {
        waiting.delete(given++);
        giveOn(ready);
      }
    },
  };
};

const shareOf = ({ settings, options, targets }: Run, cache: string | undefined, next: Int32Array): Share => {
  const indices = new Map<LintConfig, number>();
  const indexed = targets.map((target) => {
    const { config } = settings.of(target);
    const index = indices.get(config) ?? indices.size;
    indices.set(config, index);
    return [target, index] as const;
  });
  const { maxFileSize } = options;
  return { configs: Array.from(indices.keys(), sharedConfig), targets: indexed, maxFileSize, cache, next };
};

const sharedConfig = ({ rules, known: _known, ...rest }: LintConfig): SharedConfig => ({
  ...rest,
  rules: Array.from(rules, ([rule, setting]) => [rule.name, setting] as const),
});
