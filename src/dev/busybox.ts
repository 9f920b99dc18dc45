import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A busybox that is linked statically; undefined where there is none. */
export const BUSYBOX = ['/usr/bin/busybox', '/bin/busybox'].find((path) => existsSync(path));

const FILES = {
  'etc/passwd': `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
www-data:x:33:33::/var/www:/bin/false
user:x:1000:1001::/home/user:/bin/sh
nobody:x:65534:65534::/home:/bin/false
`,
  'etc/group':
    'root:x:0:\ndaemon:x:1:\nwheel:x:10:root\nwww-data:x:33:\nstaff:x:50:user,www-data\nuser:x:1001:\nnobody:x:65534:\n',
};

/** Writes the context of a small system, and the file that builds it. */
export const writeBusybox = (folder: string, file: string): void => {
  for (const name of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp'])
    mkdirSync(join(folder, name), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  chmodSync(join(folder, 'tmp'), 0o1777);
  const program = BUSYBOX ?? '/bin/busybox';
  copyFileSync(program, join(folder, 'bin/busybox'));
  for (const name of execFileSync(program, ['--list'], { encoding: 'utf8' }).split('\n'))
    if (name !== '' && name !== 'busybox') symlinkSync('busybox', join(folder, 'bin', name));
  writeFileSync(file, 'FROM scratch\nCOPY . /\n');
};
