import type { Add, Instruction } from '../ast/nodes.ts';
import type { ShellCommand, ShellWord } from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import type { Model } from './index.ts';

/** Something that is fetched from the network; the range is that of the address, quotes left out. */
export interface Download extends Range {
  /** As written; variables may stand in it. */
  readonly url: string;
  /** The program that fetches it; undefined in an ADD. */
  readonly command: ShellCommand | undefined;
}

/** What curl, wget and aria2c in a RUN, or an ADD, fetch from addresses that the file shows. */
export const downloadsIn = (model: Model, node: Instruction): readonly Download[] => {
  if (node.kind === 'Add') return node.sources.flatMap((source) => addressIn(source, model.file.text, undefined) ?? []);
  if (node.kind !== 'Run') return [];
  return model.commandsOf(node).flatMap((command) => {
    if (!isDownloader(command)) return [];
    const words = [...command.operands, ...command.optionValues('--url').map(({ word }) => word)];
    return words.flatMap((word) => addressIn(word, model.file.text, command) ?? []);
  });
};

const DOWNLOADERS: ReadonlySet<string | undefined> = new Set(['curl', 'wget', 'aria2c']);

/** Whether the command is a program that fetches what it is told to. */
export const isDownloader = ({ name }: ShellCommand): boolean => DOWNLOADERS.has(name);

/** The address that a word is or ends in. */
export const addressIn = (
  word: Pick<ShellWord, 'start' | 'end'>,
  text: string,
  command: ShellCommand | undefined,
): Download | undefined => {
  const found = /^(?:--?[\w-]+=)?["']?((?:https?|ftp):\/\/[^\s"']+)/i.exec(text.slice(word.start, word.end));
  const [all = '', url] = found ?? [];
  if (url === undefined) return undefined;
  const end = word.start + all.length;
  return { url, command, start: end - url.length, end };
};

/** The host of an address; undefined where a variable stands in it. */
export const hostOf = (url: string): string | undefined =>
  /^\w+:\/\/(?:[^/@]*@)?([a-z\d.-]+|\[[\da-f:]+\])(?=[/:?#]|$)/i.exec(url)?.[1]?.toLowerCase();

const PRIVATE =
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|0\.0\.0\.0$|\[)|\.(?:local|localhost|internal|intranet|lan|corp|home|svc|test)$/;

/** Whether the host is this machine or in a network of its own. */
export const isPrivateHost = (host: string): boolean => !host.includes('.') || PRIVATE.test(host);

/** Whether the command checks a file against a checksum or a signature. */
export const isVerification = (command: ShellCommand): boolean => {
  const { name = '', operands } = command;
  if (
    /^(?:(?:sha\d*|md5|b2|b3)sums?|shasum|sha256|gpgv2?|cosign|minisign|signify|slsa-verifier|sigstore|rpmkeys)$/.test(
      name,
    )
  )
    return true;
  if (/^gpg2?$/.test(name)) return command.has('--verify', '--decrypt', '-d', '--verify-files');
  if (name === 'rpm') return command.has('-K', '--checksig');
  return name === 'openssl' && /^(?:dgst|sha\d+|md5)$/.test(operands[0]?.text ?? '');
};

/** Whether a later command of the instruction checks what the download brought. */
export const isVerifiedIn = (model: Model, node: Instruction, { command }: Download): boolean => {
  if (node.kind === 'Add') return hasChecksum(node);
  const commands = model.commandsOf(node);
  return command !== undefined && commands.slice(commands.indexOf(command)).some(isVerification);
};

const hasChecksum = ({ flags }: Add): boolean => flags.some(({ name }) => name.text === 'checksum');
