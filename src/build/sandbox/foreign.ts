import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST_PLATFORM } from '../../oci/platform.ts';
import { entryOf } from '../../source/entry.ts';
import { pathOf } from './programs.ts';

/** A processor as its programs name it, and the code of one that ends with ENDS. */
interface Machine {
  readonly number: number;
  readonly bits: 32 | 64;
  readonly flags?: number;
  readonly isBigEndian?: boolean;
  /** In hexadecimal digits, byte by byte. */
  readonly code: string;
}

/** What no shell ends with that takes a program for a script. */
export const ENDS = 42;

/** By the names of processors in platforms. */
export const MACHINES: Readonly<Record<string, Machine>> = {
  amd64: { number: 62, bits: 64, code: 'bf2a000000 b83c000000 0f05' },
  '386': { number: 3, bits: 32, code: 'bb2a000000 b801000000 cd80' },
  arm64: { number: 183, bits: 64, code: '400580d2 a80b80d2 010000d4' },
  arm: { number: 40, bits: 32, flags: 0x5000000, code: '2a00a0e3 0170a0e3 000000ef' },
  riscv64: { number: 243, bits: 64, code: '1305a002 9308d005 73000000' },
  ppc64le: { number: 21, bits: 64, flags: 2, code: '2a006038 01000038 02000044' },
  s390x: { number: 22, bits: 64, isBigEndian: true, code: 'a729002a 0a01' },
  loong64: { number: 258, bits: 64, flags: 0x43, code: '04a8c002 0b748103 00002b00' },
};

const PROCESSORS = Object.keys(MACHINES);
const [, HOST_PROCESSOR = ''] = HOST_PLATFORM.split('/');

const tried = new Map<string, boolean>();

/**
 * Whether programs for a platform run on this machine, by itself or by an emulator that the kernel knows: found out by one
 * that does nothing but end, written into `folder`. Of processors that are not known here everything is let go on.
 */
export const runsHere = (platform: string, folder: string): boolean => {
  const [os, processor = ''] = platform.split('/');
  if (os !== 'linux') return false;
  const machine = entryOf(MACHINES, processor);
  if (processor === HOST_PROCESSOR || !machine) return true;
  const known = tried.get(processor) ?? runs(machine, folder);
  tried.set(processor, known);
  return known;
};

/** Other platforms than that of this machine whose programs run here. */
export const foreignPlatforms = (folder: string): readonly string[] =>
  PROCESSORS.filter((processor) => processor !== HOST_PROCESSOR)
    .map((processor) => `linux/${processor}`)
    .filter((platform) => runsHere(platform, folder));

const runs = (machine: Machine, folder: string): boolean => {
  const file = join(folder, `${randomUUID()}.probe`);
  try {
    writeFileSync(file, probeOf(machine), { mode: 0o755 });
    const { status, error } = spawnSync(file, { stdio: 'ignore', timeout: 10_000 });
    return status === ENDS || isForbidden(error);
  } finally {
    rmSync(file, { force: true });
  }
};

/** Where no program may be run at all, as in a /tmp that is mounted so, nothing is found out. */
const isForbidden = (error: Error | undefined): boolean =>
  error !== undefined && 'code' in error && error.code === 'EACCES';

const PLACE = 0x400000;
const PAGE = 0x10000;

/** A program that does nothing but end, the least that Linux starts: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
export const probeOf = ({ number, bits, flags = 0, isBigEndian = false, code }: Machine): Buffer => {
  const [headSize, partSize] = bits === 64 ? [64, 56] : [52, 32];
  const parts: Buffer[] = [];
  const put = (size: 2 | 4 | 8, ...values: readonly number[]) => {
    for (const value of values) {
      const field = Buffer.alloc(8);
      if (isBigEndian) field.writeBigUInt64BE(BigInt(value));
      else field.writeBigUInt64LE(BigInt(value));
      parts.push(isBigEndian ? field.subarray(8 - size) : field.subarray(0, size));
    }
  };
  const word = bits === 64 ? 8 : 4;
  const instructions = Buffer.from(code.replaceAll(' ', ''), 'hex');
  const size = headSize + partSize + instructions.length;
  parts.push(Buffer.from([0x7f, 0x45, 0x4c, 0x46, bits / 32, isBigEndian ? 2 : 1, 1, ...new Array<number>(9).fill(0)]));
  put(2, 2, number);
  put(4, 1);
  put(word, PLACE + headSize + partSize, headSize, 0);
  put(4, flags);
  put(2, headSize, partSize, 1, 0, 0, 0);
  // One part of memory, read and run; where its flags stand depends on the bits.
  put(4, 1);
  if (bits === 64) put(4, 5);
  put(word, 0, PLACE, PLACE, size, size);
  if (bits === 32) put(4, 5);
  put(word, PAGE);
  return Buffer.concat([...parts, instructions]);
};

const INSTALLERS = [
  ['apt-get', 'apt-get install qemu-user-static'],
  ['dnf', 'dnf install qemu-user-static'],
  ['zypper', 'zypper install qemu-linux-user'],
  ['pacman', 'pacman -S qemu-user-static qemu-user-static-binfmt'],
  ['docker', 'docker run --privileged --rm tonistiigi/binfmt --install all'],
] as const;

/** How a machine learns to run programs of others. */
export const emulatorHint = (path: string): string | undefined => INSTALLERS.find(([name]) => pathOf(name, path))?.[1];

/** Why what is for a platform cannot be run here, and what helps. */
export const foreignTrouble = (what: string, platform: string, path: string): string =>
  platform.startsWith('linux/')
    ? `${what} is for ${platform}, and this machine runs ${HOST_PLATFORM} alone: ${emulatorHint(path) ?? 'install qemu-user-static, registered with binfmt_misc'}`
    : `${what} is for ${platform}, and what is run here is for Linux alone`;

/** As `foreignTrouble`, of a RUN; `line` is that of another FROM which decides what its stage is for. */
export const foreignRunTrouble = (platform: string, path: string, line?: number): string =>
  `${foreignTrouble('this RUN', platform, path)}${platform.startsWith('linux/') ? ', or' : ':'} let the stage run here by FROM --platform=$BUILDPLATFORM${line === undefined ? '' : ` in line ${line}`}`;
