'use strict';
// Runs the bundle on the files given, then keeps what V8 compiled of it beside each of its files.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const dist = join(__dirname, '..', '..', 'dist');
const { cachePathOf, load, scripts, withChecksum } = require(join(dist, 'cli.js'));

if (process.env.WITH_THREAD_FLAGS) globalThis.iechorlintSetFlags();
// What other threads run is not compiled here.
globalThis.iechorlintWorker = undefined;

process.stdout.write = () => true;
load(join(dist, 'main.cjs'));
process.on('exit', () => {
  for (const [path, script] of scripts) writeFileSync(cachePathOf(path), withChecksum(script.createCachedData()));
  process.exitCode = 0;
});
