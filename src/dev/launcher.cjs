#!/usr/bin/env node
'use strict';
// Loads the bundle with V8's code cache where there is one for this Node; without it the start takes a little longer.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');
const { crc32 } = require('node:zlib');

const modules = new Map();
const scripts = new Map();

const cachePathOf = (path) => `${path}.${process.version}-${process.arch}.cache`;

const withChecksum = (data) => {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(data));
  return Buffer.concat([data, checksum]);
};

/** V8 looks at the head of a cache alone, and crashes on one that is damaged below it. */
const cacheOf = (path) => {
  try {
    const bytes = readFileSync(cachePathOf(path));
    const data = bytes.subarray(0, -4);
    return crc32(data) === bytes.readUInt32LE(data.length) ? data : undefined;
  } catch {
    return undefined;
  }
};

const load = (path) => {
  const known = modules.get(path);
  if (known) return known.exports;
  // The build has wrapped each file in a function and left nothing but ASCII in it.
  const script = new Script(readFileSync(path, 'latin1'), { filename: path, cachedData: cacheOf(path) });
  const module = { exports: {} };
  modules.set(path, module);
  scripts.set(path, script);
  const requireFrom = (id) => (id.startsWith('.') ? load(join(dirname(path), id)) : require(id));
  script.runInThisContext()(module.exports, requireFrom, module, path, dirname(path));
  return module.exports;
};

if (require.main === module) load(join(__dirname, 'main.cjs'));
module.exports = { cachePathOf, load, scripts, withChecksum };
