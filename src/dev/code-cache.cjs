'use strict';
// Runs the bundle on the files given, then keeps what V8 compiled of it beside each of its files; with the flags of
// further threads only of what they load.
const { writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');

const dist = join(__dirname, '..', '..', 'dist');
const { cachePathOf, load, scripts, withChecksum } = require(join(dist, 'cli.js'));

const flags = process.env.THREAD_FLAGS?.split(' ') ?? [];
for (const flag of flags) setFlagsFromString(flag);
globalThis.iechorlintThread = flags.length > 0;
// What other threads run is not compiled here.
globalThis.iechorlintWorker = undefined;
const isKept = (path) => flags.length === 0 || ['core.cjs', 'lint.cjs'].includes(basename(path));

process.stdout.write = () => true;
load(join(dist, 'main.cjs'));
process.on('exit', () => {
  for (const [path, script] of scripts)
    if (isKept(path)) writeFileSync(cachePathOf(path), withChecksum(script.createCachedData()));
  process.exitCode = 0;
});
