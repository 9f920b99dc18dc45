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

/** What stands behind it in the example. */
const valueOf = (flag: string, owner: string): string => {
  const command = Object.entries(COMMANDS).find(([name]) => name === owner)?.[1];
  const [option = ''] = command ? namesOf(flag, command.flags) : [];
  const shape = command?.flags[option];
  if (shape?.type !== 'string') return '';
  return option === 'tag' ? 'NAME' : (shape.choices?.[0] ?? 'VALUE');
};
