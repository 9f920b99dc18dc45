import { distance, nearest } from '../source/nearest.ts';
import { addProblem, type Line } from './line.ts';
import type { Token } from './nodes.ts';

const KEYWORDS = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
];

/** What a shell command or a package name at the start of a line looks like when the line above lost its escape. */
const CONTINUED = /^(?:&&|\|\|?|;|\\|-|--.*|[a-z0-9][a-z0-9.+_-]*)$/;

/** Commands of shells whose names are near to those of instructions. */
const COMMANDS: ReadonlySet<string> = new Set(['cd', 'chmod', 'cmp', 'export', 'unset', 'users']);

export const unknownInstruction = (line: Line, keyword: Token): void => {
  const near = nearestKeyword(keyword.text);
  if (near !== undefined) {
    const text = keyword.text === keyword.text.toLowerCase() ? near.toLowerCase() : near;
    const message = `unknown instruction: ${keyword.text} (did you mean ${text}?)`;
    const suggestion = { range: { start: keyword.start, end: keyword.end }, text };
    if (COMMANDS.has(keyword.text)) addProblem(line, keyword, message, { help: helpFor(line, keyword) });
    else addProblem(line, keyword, message, { help: `Write \`${text}\`.`, suggestion });
    return;
  }
  addProblem(line, keyword, `unknown instruction: ${keyword.text}`, { help: helpFor(line, keyword) });
};

/** Of a short word two letters are half. */
const nearestKeyword = (word: string): string | undefined => {
  const near = nearest(word, KEYWORDS);
  return near !== undefined && (word.length > 4 || distance(word.toLowerCase(), near.toLowerCase()) < 2)
    ? near
    : undefined;
};

const helpFor = (line: Line, keyword: Token): string => {
  if (!CONTINUED.test(keyword.text)) return 'A line starts with an instruction, such as `RUN` or `COPY`, or with `#`.';
  return `If this belongs to the instruction above, end that line with \`${line.escape}\`, with nothing behind it.`;
};
