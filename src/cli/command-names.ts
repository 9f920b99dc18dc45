/** The words that, as the first operand, are a command and not a path. */
export const COMMAND_NAMES = [
  'lint',
  'build',
  'images',
  'history',
  'inspect',
  'ast',
  'plan',
  'explain',
  'rules',
  'init',
  'completion',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

export const isCommandName = (word: string): word is CommandName => COMMAND_NAMES.some((name) => name === word);
