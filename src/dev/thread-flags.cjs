'use strict';
// Sets V8's flags for a process in which several threads check many files.
const { setFlagsFromString } = require('node:v8');

/**
 * V8 takes a function to its optimising compiler after so much of its code has run: ten to thirty times later than is
 * usual. Most of a run is over by then, and the linter's many functions take more time to compile than they save, on Node 22
 * as much as the linting itself. The others are of use to version 11 alone: room at once where a thread has begun with
 * less; each thread collects its own garbage, since the other cores are busy; patterns are compiled when they are first
 * used, as most are used again.
 */
const BUDGET = [
  '--interrupt-budget=3000000',
  '--semi-space-growth-factor=16',
  '--no-parallel-scavenge',
  '--no-incremental-marking',
  '--no-regexp-tier-up',
];

/** Later versions count calls. */
const CALLS = ['--invocation-count-for-maglev=4000', '--invocation-count-for-turbofan=100000'];

/** By the major version of V8, which tells of a flag that it does not know. */
const OF_VERSION = { 11: BUDGET, 12: CALLS, 13: CALLS, 14: CALLS };

/** What a file needs is garbage after it: with 16 MB of room from the start, little of it is copied to and fro before. */
const ROOM = '--min-semi-space-size=16';

for (const flag of [...(OF_VERSION[process.versions.v8.split('.', 1)[0]] ?? []), ROOM]) setFlagsFromString(flag);
