import { nearest } from '../source/nearest.ts';
import { COMMAND_NAMES } from './command-names.ts';

/** Programs whose calls are taken over word by word. */
const OTHER_PROGRAMS = ['docker', 'podman', 'buildah', 'nerdctl', 'hadolint', 'tally', 'iechorlint'];

/** Words that other tools have for a command of ours. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  check: 'the command lint',
  validate: 'the command lint',
  analyze: 'the command lint',
  list: 'the command rules',
  config: '--print-config FILE',
  rule: 'the command explain',
  new: 'the command init',
  ps: 'the command images',
  image: 'image ls, image history, image inspect, image rm',
  store: 'the command store verify',
  builder: 'the command prune, or build',
  system: 'the command prune, or doctor',
  rm: 'the command rmi',
  login: 'docker login or podman login, whose logins count here too',
};

/** What may have been meant by an operand that is no path; empty where nobody can say. */
export const operandHint = (operand: string): string => {
  if (['help', 'version', 'fix', 'diff'].includes(operand)) return ` (did you mean --${operand}?)`;
  if (OTHER_PROGRAMS.includes(operand))
    return ` (leave out the word ${operand}; \`iechorlint build\` is like \`docker build\`)`;
  if (Object.hasOwn(OTHER_WORDS, operand)) return ` (did you mean ${OTHER_WORDS[operand]}?)`;
  if (IMAGE.test(operand)) return ` (for an image there is \`iechorlint inspect ${operand}\`; this checks iEchorfiles)`;
  // Of short words nearly every one is near to a command.
  const near = operand.length < 4 ? undefined : nearest(operand, COMMAND_NAMES);
  return near?.[0] === operand[0] ? ` (did you mean the command ${near}?)` : '';
};

/** `name:tag` as no file is called. */
const IMAGE = /^[a-z0-9][a-z0-9._/-]*(?::[\w][\w.-]*|@sha256:[0-9a-f]{64})$/;

/** Why a file of this name cannot be one of ours; undefined where it can. */
export const mistakenFile = (name: string): string | undefined => {
  if (/^(?:docker-|podman-)?compose(?:[.-][\w-]+)*\.ya?ml$/i.test(name))
    return 'it is a Compose file; name the files that its `build:` names';
  if (/^\.(?:docker|iechor|container)ignore$/i.test(name))
    return 'it is an ignore file; --context FOLDER checks it together with what the iEchorfile copies';
  if (/^\.?(?:hadolint|iechorlint)\.(?:ya?ml|json|jsonc|toml)$/i.test(name))
    return 'it is a configuration; --config uses it, and --print-config FILE shows what it does';
  return undefined;
};
