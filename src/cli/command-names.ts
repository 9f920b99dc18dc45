/** The words that, as the first operand, are a command and not a path. */
export const COMMAND_NAMES = [
  'lint',
  'format',
  'build',
  'images',
  'history',
  'run',
  'inspect',
  'pull',
  'push',
  'save',
  'load',
  'tag',
  'rmi',
  'prune',
  'search',
  'store-verify',
  'ast',
  'plan',
  'explain',
  'rules',
  'init',
  'lsp',
  'doctor',
  'completion',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

export const isCommandName = (word: string): word is CommandName => COMMAND_NAMES.some((name) => name === word);

/** Two words that are one command. */
const PAIRS: Readonly<Record<string, Readonly<Record<string, CommandName>>>> = {
  image: {
    ls: 'images',
    list: 'images',
    history: 'history',
    inspect: 'inspect',
    build: 'build',
    pull: 'pull',
    push: 'push',
    save: 'save',
    load: 'load',
    tag: 'tag',
    rm: 'rmi',
    remove: 'rmi',
    prune: 'prune',
    search: 'search',
  },
  store: { verify: 'store-verify', prune: 'prune' },
};

/** The command that two words name together, such as `image ls`. */
export const pairedCommand = (first: string | undefined, second: string | undefined): CommandName | undefined => {
  const pairs = first !== undefined && Object.hasOwn(PAIRS, first) ? PAIRS[first] : undefined;
  return pairs && second !== undefined && Object.hasOwn(pairs, second) ? pairs[second] : undefined;
};
