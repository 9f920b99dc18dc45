#!/usr/bin/env node
'use strict';
// Loads the bundle with V8's code cache where the cache fits this Node version; without it the start takes a little longer.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const modules = new Map();
const scripts = new Map();

const bytesOf = (path) => {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
};

const load = (path) => {
  const known = modules.get(path);
  if (known) return known.exports;
  // The build has wrapped each file in a function and left nothing but ASCII in it.
  const script = new Script(readFileSync(path, 'latin1'), { filename: path, cachedData: bytesOf(`${path}.cache`) });
  const module = { exports: {} };
  modules.set(path, module);
  scripts.set(path, script);
  const requireFrom = (id) => (id.startsWith('.') ? load(join(dirname(path), id)) : require(id));
  script.runInThisContext()(module.exports, requireFrom, module, path, dirname(path));
  return module.exports;
};

if (require.main === module) load(join(__dirname, 'main.cjs'));
module.exports = { load, scripts };
