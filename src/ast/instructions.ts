import type { CstNode } from 'chevrotain';
import { skipSpaces } from '../../grammar/index.ts';
import {
  commandOf,
  hasMixedArray,
  invalid,
  missing,
  NO_VALUES,
  nodeOf,
  pathsOf,
  plain,
  restWord,
  type Values,
  wordsOf,
} from './arguments.ts';
import { checkInstruction } from './check.ts';
import { type Attached, childrenOf, type Draft, draftOf, tokens } from './draft.ts';
import { addProblem, type Line, pieceOf, tokenAt } from './line.ts';
import type { CopySource, Instruction } from './nodes.ts';
import { arg, pairs } from './pairs.ts';
import { unknownInstruction } from './unknown.ts';
import type { Word } from './words.ts';

/** The instruction of a line; `node` is undefined for a line that holds nothing but an escape. */
export const instructionOf = (line: Line, node: CstNode | undefined, attached: Attached): Instruction => {
  const inner = firstNode(node);
  const draft = draftOf(line, childrenOf(inner), attached);
  const build = BUILDERS[inner?.name ?? 'unknown'] ?? unknown;
  const instruction = build(draft);
  checkInstruction(line, instruction);
  return instruction;
};

/** The rule of one instruction: the only child of `instruction`. */
const firstNode = (node: CstNode | undefined): CstNode | undefined => {
  for (const name in node?.children) {
    const inner = node.children[name]?.[0];
    if (inner && 'children' in inner) return inner;
  }
  return undefined;
};

const from = (draft: Draft): Instruction => {
  const { words, values } = wordsOf(draft);
  const [image, as, name] = words;
  const takes = words.length === 1 || (words.length === 3 && isAs(as));
  const help = 'Write `FROM image` or `FROM image AS name`.';
  if (!takes)
    addProblem(
      draft.line,
      image && !isAs(image) ? image : draft.keyword,
      'FROM requires either one or three arguments',
      { help },
    );
  if (!image) return invalid(draft, values);
  const named = takes && as && name;
  return nodeOf('From', draft, values, {
    image,
    as: named ? { start: as.start, end: as.end, text: as.raw } : undefined,
    name: named ? { start: name.start, end: name.end, text: name.raw } : undefined,
  });
};

// Go folds the long s as well.
const isAs = (word: Word | undefined): boolean => /^a[sſ]$/iu.test(word?.raw ?? '');

const command =
  (kind: 'Run' | 'Cmd' | 'Entrypoint') =>
  (draft: Draft): Instruction => {
    if (hasMixedArray(draft)) return invalid(draft);
    const { command, values } = commandOf(draft);
    return nodeOf(kind, draft, values, { command });
  };

const shell = (draft: Draft): Instruction => {
  if (hasMixedArray(draft)) return invalid(draft);
  const { command, values } = commandOf(draft);
  const help = 'Write it as JSON, such as `SHELL ["/bin/bash", "-c"]`.';
  if (command.kind === 'ExecForm' && command.elements.length) return nodeOf('Shell', draft, values, { command });
  if (values.arguments.length) return missing(draft, 'SHELL requires the arguments to be in JSON form', help, values);
  return missing(draft, 'SHELL requires at least one argument', help, values);
};

const copy =
  (kind: 'Copy' | 'Add') =>
  (draft: Draft): Instruction => {
    if (hasMixedArray(draft)) return invalid(draft);
    const { words, values } = pathsOf(draft);
    const name = kind.toUpperCase();
    const destination = words.at(-1);
    if (!destination || words.length < 2) {
      const message = `${name} requires at least two arguments, but only one was provided. Destination could not be determined`;
      return missing(draft, message, `Write \`${name} source destination\`.`, values);
    }
    const sources = words.slice(0, -1).map((word) => sourceOf(draft, word, values.json));
    return nodeOf(kind, draft, values, { sources, destination });
  };

const sourceOf = (draft: Draft, word: Word, json: boolean): CopySource => {
  const heredoc = json
    ? undefined
    : draft.heredocs.find(({ opener }) => opener.start === word.start && opener.end === word.end);
  // The last heredoc of a name is the one that counts.
  const last = heredoc && draft.heredocs.findLast(({ name }) => name === heredoc.name);
  const { kind, start, end, parts, raw, text } = word;
  return { kind, start, end, parts, raw, text, heredoc: last };
};

const one = (draft: Draft, example: string, make: (word: Word, values: Values) => Instruction): Instruction => {
  const word = restWord(draft);
  if (word) return make(word, plain([word.raw]));
  return missing(draft, `${draft.keyword.text.toUpperCase()} requires exactly one argument`, `Write \`${example}\`.`);
};

const workdir = (draft: Draft): Instruction =>
  one(draft, 'WORKDIR /path', (path, values) => nodeOf('Workdir', draft, values, { path }));
const user = (draft: Draft): Instruction =>
  one(draft, 'USER name', (user, values) => nodeOf('User', draft, values, { user }));
const stopsignal = (draft: Draft): Instruction =>
  one(draft, 'STOPSIGNAL SIGTERM', (signal, values) => nodeOf('Stopsignal', draft, values, { signal }));
const maintainer = (draft: Draft): Instruction =>
  one(draft, 'LABEL org.opencontainers.image.authors="name"', ({ start, end, raw }, values) =>
    nodeOf('Maintainer', draft, values, { name: { start, end, text: raw } }),
  );

const expose = (draft: Draft): Instruction => {
  const { words: ports, values } = wordsOf(draft);
  if (!ports.length) return missing(draft, 'EXPOSE requires at least one argument', 'Write `EXPOSE 8080`.');
  return nodeOf('Expose', draft, values, { ports });
};

const volume = (draft: Draft): Instruction => {
  if (hasMixedArray(draft)) return invalid(draft);
  const { words: paths, values } = pathsOf(draft);
  if (!paths.length) return missing(draft, 'VOLUME requires at least one argument', 'Write `VOLUME /path`.', values);
  return nodeOf('Volume', draft, values, { paths });
};

const healthcheck = (draft: Draft): Instruction => {
  if (hasMixedArray(draft)) return invalid(draft);
  const [token] = tokens(draft.children, 'HealthcheckType');
  const help = 'Write `HEALTHCHECK CMD command` or `HEALTHCHECK NONE`.';
  if (!token) return missing(draft, 'HEALTHCHECK requires at least one argument', help);
  const type = tokenAt(draft.line, pieceOf(token));
  const { command, values } = commandOf(draft);
  const none = type.text.toLowerCase() === 'none' && !values.arguments.length && !values.json;
  const all = { arguments: [type.text, ...values.arguments], json: values.json };
  return nodeOf('Healthcheck', draft, all, { type, command: none ? undefined : command });
};

const onbuild = (draft: Draft): Instruction => {
  const node = draft.children.nodes.get('instruction');
  if (!node) return missing(draft, 'ONBUILD requires at least one argument', 'Write `ONBUILD RUN command`.');
  const line: Line = { ...draft.line, trigger: true };
  const trigger = instructionOf(line, node, { heredocs: draft.heredocs, comments: [] });
  const { text } = draft.line;
  const start = skipSpaces(text, draft.place.start, line.line.end);
  const heredocs = draft.heredocs.map(({ content, name }) => `${content}${name}`);
  return nodeOf('Onbuild', draft, NO_VALUES, {
    trigger,
    text: [text.slice(start, line.line.end), ...heredocs].join('\n'),
  });
};

const unknown = (draft: Draft): Instruction => {
  unknownInstruction(draft.line, draft.keyword);
  return invalid(draft, plain(['']));
};

const BUILDERS: Readonly<Record<string, (draft: Draft) => Instruction>> = {
  from,
  run: command('Run'),
  cmd: command('Cmd'),
  entrypoint: command('Entrypoint'),
  shell,
  copy: copy('Copy'),
  add: copy('Add'),
  env: pairs('Env'),
  label: pairs('Label'),
  arg,
  workdir,
  user,
  stopsignal,
  maintainer,
  expose,
  volume,
  healthcheck,
  onbuild,
  unknown,
};
