import {
  BUILDKIT_CHECKS,
  type Directive,
  defineRule,
  type Instruction,
  nearest,
  type Problem,
  type Range,
  replace,
} from '#lint';

export default defineRule({
  name: 'invalid-check-directive',
  codes: [],
  category: 'syntax',
  summary: '`# check=` names an option or a check that BuildKit does not have',
  why: `BuildKit stops at an option that it does not know, but passes over a check that it does not know: what was to be skipped is still
    reported.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'Takes the nearest known name.' },
  examples: [
    {
      title: 'The option',
      bad: '# check=skipp=JSONArgsRecommended\nFROM alpine\n',
      good: '# check=skip=JSONArgsRecommended\nFROM alpine\n',
    },
    {
      title: 'The name of a check, which is case-sensitive',
      bad: '# check=skip=StageNameCasing,JsonArgsRecommended;error=true\nFROM alpine\n',
      good: '# check=skip=StageNameCasing,JSONArgsRecommended;error=true\nFROM alpine\n',
    },
    {
      title: 'A blank ends the value',
      bad: '# check=skip=StageNameCasing, FromAsCasing\nFROM alpine\n',
      good: '# check=skip=StageNameCasing,FromAsCasing\nFROM alpine\n',
    },
    { title: 'Neither true nor false', bad: '# check=error=yes\nFROM alpine\n' },
    {
      title: 'Above one instruction',
      bad: 'FROM alpine\n# check=skip=JSONArgsRecommend\nCMD true\n',
      good: 'FROM alpine\n# check=skip=JSONArgsRecommended\nCMD true\n',
    },
    { good: '# check=skip=all;experimental=CopyIgnoredFile;error=true\nFROM alpine\n' },
    { title: 'With a reason', good: 'FROM alpine\n# check=skip=JSONArgsRecommended it needs a shell\nCMD true\n' },
  ],
  exceptions: {
    laterStage: 'The directive stands at the top of the file.',
  },
  check({ file }) {
    return {
      *done() {
        for (const directive of file.directives) if (directive.name === 'check') yield* directiveProblems(directive);
        for (const node of file.instructions) if (node.comments.length) yield* commentProblems(node);
      },
    };
  },
});

const directiveProblems = function* ({ value }: Directive): Iterable<Problem> {
  const [options = ''] = value.text.split(' ', 1);
  const rest = value.text.slice(options.length);
  for (const option of optionsIn(options, value.start)) yield* optionProblems(option, 'error');
  const joined = rest.replace(/[\t ]/g, '');
  if (!/[,;=]$/.test(options) && !/^[,;]/.test(joined)) return;
  const at = { start: value.start + options.length, end: value.end };
  yield {
    at,
    message: `\`${rest.trim()}\` has no effect: a blank ends the value`,
    help: 'Write the value without blanks.',
    severity: 'warning',
    fix: { title: 'Delete the blanks', edits: [replace(at, joined)] },
  };
};

const CHECK = /^[\t ]*check=(\S+)/;

/** BuildKit looks at the first such comment above an instruction, and passes over what it cannot read. */
const commentProblems = function* ({ comments }: Instruction): Iterable<Problem> {
  const comment = comments.find(({ text }) => CHECK.test(text));
  const value = comment && CHECK.exec(comment.text)?.[1];
  if (!comment || !value) return;
  const start = comment.start + 1 + comment.text.indexOf(value);
  for (const option of optionsIn(value, start)) if (option.key !== 'error') yield* optionProblems(option, 'warning');
};

interface Option extends Range {
  readonly key: string;
  readonly values: readonly Value[];
}
interface Value extends Range {
  readonly text: string;
}

/** `skip=A,B;error=true`, at its place. */
const optionsIn = (text: string, start: number): readonly Option[] => {
  const options: Option[] = [];
  let at = start;
  for (const part of text.split(';')) {
    const [key = ''] = part.split('=', 1);
    const values: Value[] = [];
    let from = at + key.length + 1;
    for (const value of part.slice(key.length + 1).split(',')) {
      if (value) values.push({ text: value, start: from, end: from + value.length });
      from += value.length + 1;
    }
    options.push({ key, values, start: at, end: at + key.length });
    at += part.length + 1;
  }
  return options;
};

const optionProblems = function* (option: Option, severity: 'error' | 'warning'): Iterable<Problem> {
  const { key, values } = option;
  if (!OPTIONS.includes(key)) {
    yield { ...unknown(option, key, 'option', OPTIONS), severity };
  } else if (key === 'error') {
    const wrong = values.find(({ text }) => !/^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text));
    if (wrong)
      yield {
        at: wrong,
        message: `\`${wrong.text}\` is neither true nor false`,
        help: 'Write `error=true`, or delete the option.',
      };
  } else {
    for (const value of values) {
      if (value.text === 'all' && values.length === 1) continue;
      if (!BUILDKIT_CHECKS.includes(value.text))
        yield { ...unknown(value, value.text, 'check', BUILDKIT_CHECKS), severity: 'warning' };
    }
  }
};

const unknown = (at: Range, name: string, what: string, known: readonly string[]): Problem => {
  const near = name && nearest(name, known);
  return {
    at,
    message: what === 'option' ? `\`# check=\` has no option \`${name}\`` : `BuildKit has no check \`${name}\``,
    help: near ? `Write \`${near}\`.` : what === 'option' ? 'Write `skip`, `experimental` or `error`.' : 'Delete it.',
    fix: near ? { title: `Write \`${near}\``, edits: [replace(at, near)] } : undefined,
  };
};

const OPTIONS = ['skip', 'experimental', 'error'];
