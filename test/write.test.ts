import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeOutputFile } from '../src/cli/output-file.ts';
import { replaceFile } from '../src/cli/write.ts';
import { folderWith, NOBODY, withoutRights } from './support/cli.ts';

const OLD = Buffer.from('FROM alpine:latest\n');
const NEW = Buffer.from('FROM alpine:3.20\nUSER app\n');
const isRoot = process.getuid?.() === 0;

/** A folder that someone without rights may use, with one file of theirs. */
const folderOfFile = (mode = 0o644): { folder: string; file: string } => {
  const folder = folderWith({ Dockerfile: OLD });
  const file = join(folder, 'Dockerfile');
  if (isRoot) for (const path of [folder, file]) chownSync(path, NOBODY, NOBODY);
  chmodSync(folder, 0o755);
  chmodSync(file, mode);
  return { folder, file };
};

describe('replacing a file', () => {
  it('gives it the new bytes, and leaves nothing beside it', () => {
    const { folder, file } = folderOfFile();
    expect(replaceFile(file, OLD, NEW)).toBeUndefined();
    expect(readFileSync(file)).toEqual(NEW);
    expect(readdirSync(folder)).toEqual(['Dockerfile']);
  });

  it('keeps mode and owner, whatever the umask', () => {
    const { file } = folderOfFile(0o4666);
    const before = process.umask(0o077);
    expect(replaceFile(file, OLD, NEW)).toBeUndefined();
    process.umask(before);
    const { mode, uid } = statSync(file);
    expect(mode & 0o7777).toBe(0o4666);
    expect(uid).toBe(isRoot ? NOBODY : process.getuid?.());
  });

  it('writes what a symbolic link leads to, and keeps the link', () => {
    const { folder, file } = folderOfFile();
    const links = folderWith({});
    symlinkSync(file, join(folder, 'one'));
    symlinkSync(join(folder, 'one'), join(links, 'two'));
    expect(replaceFile(join(links, 'two'), OLD, NEW)).toBeUndefined();
    expect(readFileSync(file)).toEqual(NEW);
    expect(lstatSync(join(links, 'two')).isSymbolicLink() && lstatSync(join(folder, 'one')).isSymbolicLink()).toBe(
      true,
    );
    expect(readdirSync(links)).toEqual(['two']);
  });

  it('writes all names of a file that has several', () => {
    const { folder, file } = folderOfFile();
    linkSync(file, join(folder, 'other'));
    expect(replaceFile(file, OLD, NEW)).toBeUndefined();
    expect(readFileSync(join(folder, 'other'))).toEqual(NEW);
    expect(statSync(file).nlink).toBe(2);
    expect(readdirSync(folder)).toEqual(['Dockerfile', 'other']);
  });

  it('leaves a file alone that has changed, even within the same second and size', () => {
    const { folder, file } = folderOfFile();
    utimesSync(file, 1, 1);
    const changed = /changed while it was being checked/;
    expect(replaceFile(file, Buffer.from('FROM alpine:LATEST\n'), NEW)).toMatch(changed);
    linkSync(file, join(folder, 'other'));
    expect(replaceFile(file, NEW, OLD)).toMatch(changed);
    expect(readFileSync(file)).toEqual(OLD);
    expect(readdirSync(folder)).toEqual(['Dockerfile', 'other']);
  });

  it('writes in place where the folder takes no new file', async () => {
    const { folder, file } = folderOfFile(0o600);
    chmodSync(folder, 0o555);
    const inode = statSync(file).ino;
    expect(await withoutRights(() => replaceFile(file, OLD, NEW))).toBeUndefined();
    expect(await withoutRights(() => replaceFile(file, NEW, OLD))).toBeUndefined();
    expect(readFileSync(file)).toEqual(OLD);
    expect(statSync(file).ino).toBe(inode);
    expect(readdirSync(folder)).toEqual(['Dockerfile']);
  });

  it('says why a file that may not be written was not, and leaves it', async () => {
    const { folder, file } = folderOfFile(0o444);
    expect(await withoutRights(() => replaceFile(file, OLD, NEW))).toBe('permission denied');
    expect(readFileSync(file)).toEqual(OLD);
    expect(replaceFile(join(folder, 'gone'), OLD, NEW)).toBe('no such file or directory');
    expect(readdirSync(folder)).toEqual(['Dockerfile']);
  });

  it.skipIf(!isRoot)('of somebody else keeps its owner, and is then written in place', async () => {
    const { folder, file } = folderOfFile(0o666);
    chownSync(file, 1, 1);
    expect(await withoutRights(() => replaceFile(file, OLD, NEW))).toBeUndefined();
    expect(readFileSync(file)).toEqual(NEW);
    expect(statSync(file).uid).toBe(1);
    expect(readdirSync(folder)).toEqual(['Dockerfile']);
  });
});

describe('writing a report to a file', () => {
  it('makes it, or replaces it with its mode kept', () => {
    const folder = folderWith({ old: 'old' });
    chmodSync(join(folder, 'old'), 0o640);
    for (const name of ['old', 'new']) expect(writeOutputFile(join(folder, name), ['a', 'é'])).toBeUndefined();
    expect(readFileSync(join(folder, 'old'), 'utf8') + readFileSync(join(folder, 'new'), 'utf8')).toBe('aéaé');
    expect(statSync(join(folder, 'old')).mode & 0o777).toBe(0o640);
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(readdirSync(folder)).toEqual(['new', 'old']);
  });

  it('follows a link, one to a file that is not there yet too', () => {
    const folder = folderWith({ real: '' });
    symlinkSync('real', join(folder, 'link'));
    symlinkSync('later', join(folder, 'early'));
    for (const name of ['link', 'early']) expect(writeOutputFile(join(folder, name), ['x'])).toBeUndefined();
    expect(readFileSync(join(folder, 'real'), 'utf8') + readFileSync(join(folder, 'later'), 'utf8')).toBe('xx');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  });

  it('has the old content when the new one could not be made in full', () => {
    const folder = folderWith({ report: 'old' });
    const broken = function* () {
      yield 'new';
      throw new Error('a reporter failed');
    };
    expect(() => writeOutputFile(join(folder, 'report'), broken())).toThrow('a reporter failed');
    expect(readFileSync(join(folder, 'report'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['report']);
  });

  it('says why it could not', () => {
    const folder = folderWith({});
    expect(writeOutputFile(join(folder, 'no/such/report'), ['x'])).toBe('no such file or directory');
    expect(writeOutputFile(folder, ['x'])).toBe('it is a directory');
  });

  it.skipIf(process.platform !== 'linux')('writes to devices as they are', () => {
    expect(writeOutputFile('/dev/null', ['x'])).toBeUndefined();
    expect(writeOutputFile('/dev/full', ['x'])).toBe('no space left on the device');
  });
});

const repository = process.cwd();

/** Runs a script of the project's own modules in a process of its own, after the shell has set the scene. */
const runScript = (setUp: readonly string[], script: string) =>
  spawnSync('sh', ['-c', [...setUp, 'exec "$NODE" --import "$TSX" --input-type=module -e "$SCRIPT"'].join(' && ')], {
    encoding: 'utf8',
    env: {
      ...process.env,
      NODE: process.execPath,
      TSX: import.meta.resolve('tsx'),
      SCRIPT: `import { linkSync, readFileSync, readdirSync, statSync } from 'node:fs';
        import { replaceFile } from '${repository}/src/cli/write.ts';
        import { undisturbed } from '${repository}/src/cli/signals.ts';
        ${script}`,
    },
  });

describe.skipIf(process.platform === 'win32')('a signal', () => {
  it('waits until the writing is done, and then ends the process as it would have', () => {
    const { stdout, signal } = runScript(
      [],
      `await undisturbed(() => { process.kill(process.pid, 'SIGTERM'); for (let i = 0; i < 1e7; i++); console.log('written'); });
       console.log('not reached');`,
    );
    expect({ stdout, signal }).toEqual({ stdout: 'written\n', signal: 'SIGTERM' });
  });

  it('that does not come leaves no trace', () => {
    const { stdout } = runScript([], `console.log(await undisturbed(() => 7), process.listenerCount('SIGINT'));`);
    expect(stdout).toBe('7 0\n');
  });
});

const canMount = process.platform === 'linux' && isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;

describe.skipIf(!canMount)('where disks may be mounted', () => {
  const after = `console.log(JSON.stringify([readFileSync('file').equals(old), readdirSync('.').sort()]))`;

  const runMounted = (mount: readonly string[], script: string) => {
    const folder = folderWith({ file: 'a'.repeat(4096) });
    const { stdout } = runScript(
      [
        `cd ${folder}`,
        `unshare -m sh -c '${[...mount, 'exec "$NODE" --import "$TSX" --input-type=module -e "$SCRIPT"'].join(' && ')}'`,
        'exit',
      ],
      `const old = readFileSync('file'); ${script}; ${after}`,
    );
    return stdout.trim().split('\n');
  };

  const full = [
    'cp file /tmp/$$.file && mount -t tmpfs -o size=64k none . && cd "$PWD" && mv /tmp/$$.file file',
    '(head -c 100000 /dev/zero > filler || true) 2>/dev/null',
  ];

  it('a file on a full disk is as it was, and nothing is left beside it', () => {
    expect(runMounted(full, `console.log(replaceFile('file', old, Buffer.alloc(100000)))`)).toEqual([
      'no space left on the device',
      '[true,["file","filler"]]',
    ]);
  });

  it('a file that must be written in place, too', () => {
    const script = `linkSync('file', 'other'); console.log(replaceFile('file', old, Buffer.alloc(100000)))`;
    expect(runMounted(full, script)).toEqual(['no space left on the device', '[true,["file","filler","other"]]']);
  });

  it('a file that is itself a mount, as in a container, is written in place', () => {
    const script = `console.log(replaceFile('file', old, Buffer.from('new')))`;
    expect(runMounted(['mount --bind file file'], script)).toEqual(['undefined', '[false,["file"]]']);
  });
});
