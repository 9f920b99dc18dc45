import type { Cmd, Entrypoint, Iechorfile, Instruction } from '../ast/nodes.ts';
import { commandsOfExec, type ShellCommand } from '../shell/index.ts';
import { stageChain } from './chain.ts';
import type { Model } from './index.ts';
import { knownBaseOf } from './known-images.ts';
import type { StageInfo } from './stages.ts';

/** What a container of a stage starts, as far as the file says it. */
export interface Startup {
  readonly entrypoint: Entrypoint | undefined;
  /** Only where it is in force. */
  readonly cmd: Cmd | undefined;
  /** The programs that both name, in order. */
  readonly commands: readonly ShellCommand[];
}

export const startupOf = (model: Model, stage: StageInfo): Startup => {
  const { setBy, cmd: argv } = model.stateAfter(stage);
  const entrypoint = setBy.entrypoint?.kind === 'Entrypoint' ? setBy.entrypoint : undefined;
  const cmd = argv !== undefined && setBy.cmd?.kind === 'Cmd' ? setBy.cmd : undefined;
  return { entrypoint, cmd, commands: commandsOf(model, entrypoint, cmd) };
};

/** In exec form both make one list of words; what a script as ENTRYPOINT may start is there by itself, too. */
const commandsOf = (
  model: Model,
  entrypoint: Entrypoint | undefined,
  cmd: Cmd | undefined,
): readonly ShellCommand[] => {
  const first = entrypoint ? model.commandsOf(entrypoint) : [];
  const second = cmd ? model.commandsOf(cmd) : [];
  if (entrypoint?.command.kind !== 'ExecForm' || cmd?.command.kind !== 'ExecForm') return [...first, ...second];
  const joined = commandsOfExec([...entrypoint.command.elements, ...cmd.command.elements]);
  const isWrapped = joined.every(({ word }) => second.some((each) => each.word?.start === word?.start));
  return isWrapped ? joined : [...joined, ...second];
};

/**
 * The first CMD or ENTRYPOINT of a stage below which nothing is built any more, else its last instruction. Undefined
 * where that ends in a continuation, so that nothing can follow.
 */
export const endOfBuild = (file: Iechorfile, { node: { from, instructions } }: StageInfo): Instruction | undefined => {
  const built = instructions.findLastIndex(({ kind }) => !METADATA.has(kind));
  const start = instructions.slice(built + 1).find(({ kind }) => kind === 'Cmd' || kind === 'Entrypoint');
  const end = start ?? instructions.at(-1) ?? from;
  return end && file.text.slice(end.start, end.end).trimEnd().endsWith(file.escape) ? undefined : end;
};

const METADATA: ReadonlySet<string> = new Set([
  'Cmd',
  'Entrypoint',
  'Env',
  'Expose',
  'Healthcheck',
  'Label',
  'Stopsignal',
]);

/** Whether something in the stage, or in one below it, is there to start programs as another user than root. */
export const dropsPrivileges = (model: Model, stage: StageInfo): boolean => {
  if (knownBaseOf(stage)?.user === 'dropped') return true;
  if (stageChain(stage).some(({ node: { start, end } }) => TOOLS.test(model.file.text.slice(start, end)))) return true;
  return startupOf(model, stage).commands.some(
    ({ name = '', wrappers }) => DAEMONS.has(name) || wrappers.some((wrapper) => DAEMONS.has(wrapper.name)),
  );
};

/** What is installed for that end. */
const TOOLS =
  /\b(?:gosu|su-exec|setpriv|s6-(?:overlay|svscan|setuidgid)|supervisord?|runit|runsvdir|chpst|setuidgid|fixuid|my_init|PUID|PGID)\b/;

/** Programs that take another user by themselves, or cannot work but as root. */
const DAEMONS: ReadonlySet<string> = new Set(
  `apache2 apache2-foreground apache2ctl apachectl asterisk atd avahi-daemon chronyd charon cron crond cupsd dbus-daemon
  dhcpd dnsmasq dockerd dovecot exim exim4 fail2ban-server freeradius haproxy httpd httpd-foreground in.tftpd inetd init
  ipsec iptables keepalived memcached mysqld mysqld_safe named nginx nfsd ntpd openvpn php-fpm postfix proftpd pure-ftpd
  rpcbind rsyslogd runuser slapd smbd snmpd squid sshd start-stop-daemon stunnel su sudo systemd tailscaled tcpdump tftpd tinyproxy
  unbound vsftpd wg-quick xinetd`.split(/\s+/),
);

/** Whether the file makes a base or a toolbox: it starts nothing of its own, or a shell for a person alone. */
export const isToolbox = (model: Model, stage: StageInfo): boolean => {
  const { entrypoint, cmd, commands } = startupOf(model, stage);
  if (!entrypoint && !cmd) return true;
  // A script that prepares the way for what CMD says.
  const isPrepared = entrypoint && cmd && commands.length === 2 && WRAPPER.test(commands[0]?.name ?? '');
  const [command, another] = isPrepared ? commands.slice(1) : commands;
  if (!command || another) return false;
  const isPlain = command.arguments.every(({ text = '' }) => /^-(?:[ail]+|-login|-interactive)$/.test(text));
  if (INTERACTIVE.has(command.name ?? '')) return isPlain;
  return /^(?:sleep infinity|tail -f \/dev\/null)$/.test(wordsOf(command).join(' '));
};

const WRAPPER = /entrypoint/;

const wordsOf = (command: ShellCommand): readonly (string | undefined)[] => [
  command.name,
  ...command.arguments.map(({ text }) => text),
];

const INTERACTIVE: ReadonlySet<string> = new Set(
  `ash bash bun clj dash deno erl fish ghci iex irb jshell julia ksh lua node perl php pwsh powershell python python2
  python3 pypy pypy3 R Rscript scala sh swift zsh`.split(/\s+/),
);
