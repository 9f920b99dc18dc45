'use strict';
// Most have another Node than the one that the package was built with. What theirs compiles is kept below their cache
// folder, and later calls start in half the time.
const { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync } = require('node:fs');
const { renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { basename, dirname, isAbsolute, join } = require('node:path');

/** Where it is kept; undefined where nothing is to be, as in a job that has a new home each time. */
const folderOf = (build) => {
  const { CI, HOME, LOCALAPPDATA, NODE_DISABLE_COMPILE_CACHE, XDG_CACHE_HOME } = process.env;
  if (CI || NODE_DISABLE_COMPILE_CACHE) return undefined;
  const ofHome = HOME && join(HOME, process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  const caches = XDG_CACHE_HOME || (process.platform === 'win32' ? LOCALAPPDATA : ofHome);
  // The Node in an editor has the number of another one, and a V8 of its own.
  const engine = `${build}-${process.versions.v8}`;
  return caches && isAbsolute(caches) ? join(caches, 'iechorlint', 'code', engine) : undefined;
};

const isOwn = ({ uid }) => process.platform === 'win32' || uid === process.geteuid();

/** What nobody else can have written: it is run. */
const readOwn = (path) => {
  const file = openSync(path);
  try {
    const stat = fstatSync(file);
    return isOwn(stat) && (process.platform === 'win32' || (stat.mode & 0o022) === 0) ? readFileSync(file) : undefined;
  } finally {
    closeSync(file);
  }
};

/** All or nothing, for others may read and write it at the same time. */
const writeWhole = (path, data) => {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, data, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
};

const UNUSED = 60 * 24 * 60 * 60 * 1000;

/** Other builds are those of other projects, or were replaced. */
const forgetOld = (folder) => {
  for (const name of readdirSync(dirname(folder))) {
    const path = join(dirname(folder), name);
    if (path !== folder && Date.now() - statSync(path).mtimeMs > UNUSED) rmSync(path, { recursive: true, force: true });
  }
};

/** Whether it is ours, or would be made in a folder of ours: root leaves nothing in the home of somebody else. */
const mayMake = (folder) => {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat ? isOwn(stat) : mayMake(dirname(folder));
};

/** Keeps the files of data below the name of the build; without room or leave to do so there is none of it. */
const keep = (build, files) => {
  const folder = folderOf(build);
  try {
    if (!folder || !mayMake(folder)) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [path, data] of files) writeWhole(join(folder, basename(path)), data);
    forgetOld(folder);
  } catch {}
};

/** What was kept of a file; undefined where there is none. */
const kept = (build, path) => {
  const folder = folderOf(build);
  try {
    return folder && readOwn(join(folder, basename(path)));
  } catch {
    return undefined;
  }
};

module.exports = { keep, kept };
