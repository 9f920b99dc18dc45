#!/usr/bin/env node
'use strict';
// Loads the bundle with V8's code cache where there is one for this Node; without it the start takes a little longer.
const { closeSync, existsSync, openSync, readFileSync, readSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

globalThis.iechorlintWorker = join(__dirname, 'worker.js');
// The build puts a digest of the bundle here: findings of another build are not taken from a cache.
globalThis.iechorlintBuild = 'BUILD';

const modules = new Map();
const scripts = new Map();

/** What is read is used at once, so that one place for all costs fewer pages than one for each. */
const room = Buffer.allocUnsafeSlow(1_500_000);

const bytesOf = (path) => {
  const file = openSync(path);
  try {
    const length = readSync(file, room);
    return length < room.length ? room.subarray(0, length) : readFileSync(path);
  } finally {
    closeSync(file);
  }
};

let hasFlags = false;
globalThis.iechorlintSetFlags = () => {
  if (!hasFlags) require('./thread-flags.js');
  hasFlags = true;
};

/** V8 takes kept code under the flags alone under which it was kept, and several threads have others. A build runs other functions than a lint. */
const kindOfCall = () => {
  if (globalThis.iechorlintThread || hasFlags) return '-thread';
  return isBuild() ? '-build' : '';
};

const isBuild = () => process.argv[2] === 'build' || process.argv.includes('--build');

const cachePathOf = (path, kind = kindOfCall()) => `${path}.${process.version}-${process.arch}${kind}.cache`;

/** A sum over one word of each 2 kB, which finds a block that is missing or another's. Loading zlib for a real one takes longer than it saves. */
const checksumOf = (data) => {
  let sum = data.length;
  for (let at = 0; at + 4 <= data.length; at += 2048) sum = (Math.imul(sum, 31) + data.readInt32LE(at)) | 0;
  return sum;
};

const withChecksum = (data) => {
  const checksum = Buffer.alloc(4);
  checksum.writeInt32LE(checksumOf(data));
  return Buffer.concat([data, checksum]);
};

/** V8 looks at the head of a cache alone, and crashes on one that is damaged below it. */
const checked = (bytes) => {
  if (bytes === undefined || bytes.length < 4) return undefined;
  const data = bytes.subarray(0, -4);
  return checksumOf(data) === bytes.readInt32LE(data.length) ? data : undefined;
};

const cacheAt = (path) => {
  try {
    return checked(bytesOf(path));
  } catch {
    return undefined;
  }
};

/** A build that lints runs of the linter what a lint runs. */
const shippedCacheOf = (path) => cacheAt(cachePathOf(path)) ?? (isBuild() ? cacheAt(cachePathOf(path, '')) : undefined);

/** Whether the package was built with another version of Node, whose caches are of no use. */
const isForeign = () => !globalThis.iechorlintThread && !existsSync(cachePathOf(CORE, ''));

const CORE = join(__dirname, 'chunks', 'core.cjs');

const cacheOf = (path) => {
  const shipped = shippedCacheOf(path);
  if (shipped || !isForeign()) return shipped;
  return checked(require('./kept-code.js').kept(globalThis.iechorlintBuild, cachePathOf(path)));
};

const missed = new Set();

/** V8 refuses what another version of it has kept, or other flags have. */
const noteMissed = (path, { cachedDataRejected }) => {
  if (cachedDataRejected === false || !isForeign()) return;
  if (missed.size === 0) process.on('exit', keepMissed);
  missed.add(path);
};

/** A lint or a build runs enough of each file, the other calls do not; and what has flags for many files is for those alone. */
const keepMissed = () => {
  if (hasFlags || ![...scripts.keys()].some((path) => /[\\/](?:lint|build)\.cjs$/.test(path))) return;
  const data = Array.from(missed, (path) => [cachePathOf(path), withChecksum(scripts.get(path).createCachedData())]);
  require('./kept-code.js').keep(globalThis.iechorlintBuild, data);
};

/** Parts of Node that take a millisecond or two to load, and for which most calls have no use. */
const LATE = new Set([
  'node:child_process',
  'node:http',
  'node:https',
  'node:module',
  'node:net',
  'node:os',
  'node:stream',
  'node:stream/promises',
  'node:timers/promises',
  'node:tls',
  'node:tty',
  'node:worker_threads',
  'node:zlib',
]);

/** Loads a module when something of it is used. */
const lateModule = (id) =>
  new Proxy(
    {},
    {
      get: (_target, name) => require(id)[name],
      ownKeys: () => Reflect.ownKeys(require(id)),
      getOwnPropertyDescriptor: (_target, name) => ({ value: require(id)[name], enumerable: true, configurable: true }),
    },
  );

const load = (path) => {
  const known = modules.get(path);
  if (known) return known.exports;
  // The build has wrapped each file in a function and left nothing but ASCII in it.
  const script = new Script(bytesOf(path).latin1Slice(), { filename: path, cachedData: cacheOf(path) });
  noteMissed(path, script);
  const module = { exports: {} };
  modules.set(path, module);
  scripts.set(path, script);
  const requireFrom = (id) => {
    if (id.startsWith('.')) return load(join(dirname(path), id));
    return LATE.has(id) ? lateModule(id) : require(id);
  };
  // A script cannot import, so this is done for it.
  requireFrom.esm = (url) => import(url);
  script.runInThisContext()(module.exports, requireFrom, module, path, dirname(path));
  return module.exports;
};

/** So many words name files that several threads check: what is kept for those is most of the linter, and all of it is run. */
const MANY = 200;

if (require.main === module) {
  if (process.argv.length > MANY && !isBuild() && !isForeign()) globalThis.iechorlintSetFlags();
  load(join(__dirname, 'main.cjs'));
}
module.exports = { cachePathOf, load, scripts, withChecksum };
