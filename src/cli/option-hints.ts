import { entryOf } from '../source/entry.ts';
import type { CommandName } from './command-names.ts';
import { COMMANDS, type Flag } from './commands.ts';
import { namesOf, type Token, unknownIn } from './tokens.ts';

/** For an option that this command has not and another has: what to write; undefined where no command has it. */
export const foreignOption = (
  name: CommandName | undefined,
  tokens: readonly Token[],
  flags: Readonly<Record<string, Flag>>,
): string | undefined => {
  const options = tokens.flatMap((token) => (token.kind === 'option' ? [token.flag] : []));
  const option = options.find((flag) => namesOf(flag, flags).length === 0);
  if (option === undefined) return undefined;
  const unknown = unknownIn(option, flags);
  const instead = insteadOf(unknown, name);
  if (instead !== undefined) return `unknown option \`${unknown}\`: ${instead}`;
  const isLint = name === undefined || name === 'lint';
  if (isLint && ['-f', '--file'].includes(unknown))
    return `unknown option \`${unknown}\`: to lint, name the file alone, as in iechorlint Dockerfile`;
  const commands = Object.entries(COMMANDS).filter(
    ([each, command]) => each !== name && namesOf(unknown, command.flags).length > 0,
  );
  const [owner] = commands.find(([each]) => each === 'build') ?? commands[0] ?? [];
  if (owner === undefined) return undefined;
  const context = owner === 'build' ? ' .' : '';
  return `unknown option \`${unknown}\`: it belongs to another command, as in iechorlint ${owner} ${[unknown, valueOf(unknown, owner)].filter(Boolean).join(' ')}${context}`;
};

const NO_GROUP = 'steps are in no control group; --ulimit and --shm-size limit them';

/** What to do instead of options that docker's commands of that name have, and ours have not. */
const OF_DOCKER: Readonly<Record<string, readonly (readonly [instead: string, ...flags: string[]])[]>> = {
  build: [
    ['the image is put into the store; `iechorlint save NAME | docker load` hands it over', '--load'],
    ['nothing of a step is left to be removed: leave it out', '--rm', '--force-rm'],
    ['there is no daemon to be told so: leave it out', '--builder', '--isolation', '--compress', '--security-opt'],
    [NO_GROUP, '--memory', '-m', '--memory-swap', '--cpu-shares', '-c', '--cpu-quota', '--cpu-period', '--cpuset-cpus'],
    [NO_GROUP, '--cgroup-parent'],
    ['layers stay as the file makes them; -o type=tar,dest=FILE has the files of all in one', '--squash'],
  ],
  run: [
    ['it runs in front, and nothing of it is kept: leave it out', '--detach', '-d', '--name', '--restart'],
    [NO_GROUP, '--memory', '-m', '--cpus'],
    ['name the ports, as in -p 8080:80', '--publish-all', '-P'],
    ['`iechorlint pull IMAGE` asks the registry again', '--pull'],
  ],
};

const insteadOf = (flag: string, name: CommandName | undefined): string | undefined =>
  entryOf(OF_DOCKER, name ?? '')?.find(([, ...flags]) => flags.includes(flag))?.[0];

/** What stands behind it in the example. */
const valueOf = (flag: string, owner: string): string => {
  const command = Object.entries(COMMANDS).find(([name]) => name === owner)?.[1];
  const [option = ''] = command ? namesOf(flag, command.flags) : [];
  const shape = command?.flags[option];
  if (shape?.type !== 'string') return '';
  return option === 'tag' ? 'NAME' : (shape.choices?.[0] ?? 'VALUE');
};
