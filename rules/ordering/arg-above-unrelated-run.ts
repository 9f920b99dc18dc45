import {
  type Arg,
  changesWith,
  defineRule,
  type Env,
  type IdleSteps,
  type Iechorfile,
  type Instruction,
  idleSteps,
  insertBefore,
  type Model,
  type NamedValue,
  ownLines,
  type Problem,
  type Range,
  type Related,
  remove,
  topOf,
  variableUse,
} from '#lint';

export default defineRule({
  name: 'arg-above-unrelated-run',
  codes: [],
  category: 'ordering',
  summary: 'ARG or ENV with a changing value stands above RUNs that do not use it',
  why: `Every RUN below an ARG or ENV has it in its environment, so a new value runs all of them again, even those that never use it.`,
  severity: 'info',
  when: { instructions: ['Arg', 'Env'] },
  fix: {
    safety: 'unsafe',
    note: 'The RUNs in between no longer have the variable in their environment, where a program may look for it.',
  },
  examples: [
    {
      bad: 'FROM alpine\nARG HELM_VERSION=3.16.0\nRUN apk add --no-cache curl\nRUN curl -fsSO https://get.helm.sh/helm-v$HELM_VERSION.tar.gz\n',
      good: 'FROM alpine\nRUN apk add --no-cache curl\nARG HELM_VERSION=3.16.0\nRUN curl -fsSO https://get.helm.sh/helm-v$HELM_VERSION.tar.gz\n',
    },
    {
      title: 'A commit that is new in every build',
      bad: 'FROM node:22\nARG GIT_COMMIT\nRUN npm install -g serve\n\nRUN echo "$GIT_COMMIT" > /commit\n',
      good: 'FROM node:22\nRUN npm install -g serve\n\nARG GIT_COMMIT\nRUN echo "$GIT_COMMIT" > /commit\n',
    },
    {
      title: 'A script may read it from the environment',
      good: 'FROM alpine\nARG VERSION=1.0\nRUN apk add git && ./build.sh\nRUN curl -O https://example.com/$VERSION.tgz\n',
    },
    {
      title: 'A value that hardly ever changes',
      good: 'FROM alpine\nARG UID=1000\nRUN apk add --no-cache shadow\nRUN useradd --uid $UID app\n',
    },
  ],
  exceptions: { onbuild: 'The trial makes a trigger of the ARG alone, below which nothing runs then.' },
  check({ file, model }) {
    const done = new Set<Instruction>();
    const check = function* (node: Arg | Env) {
      if (done.has(node)) return;
      const names = changingNames(model, node);
      const steps = names.length > 0 ? idleSteps(model, node, names) : undefined;
      if (!steps?.until || !steps.isNamed || steps.runs.length === 0) return;
      const group = groupOf(model, node, steps.until);
      for (const each of group) done.add(each);
      // A checksum changes with a version that the RUNs in between may use.
      if (group.every((each) => changingNames(model, each).every(({ name }) => CHECKSUM.test(name)))) return;
      yield problemOf(file, model, group, steps, steps.until);
    };
    return { Arg: (node, { stage }) => (stage ? check(node) : undefined), Env: check };
  },
});

const CHECKSUM = /^(?!.*(?:COMMIT|GIT|BUILD)).*(?:SHA\d*(?:SUM)?|MD5|HASH|CHECKSUM)$/i;

interface Changing extends NamedValue {
  readonly with: 'build' | 'release';
}

/** Its variables whose values are likely to change, all of them or none. */
const changingNames = (model: Model, node: Arg | Env): readonly Changing[] => {
  const names: Changing[] = [];
  const parts =
    node.kind === 'Arg'
      ? node.declarations.map(({ name, default: value }) => ({ name: name.text, value }))
      : node.pairs.map(({ key, value }) => ({ name: key.raw, value }));
  for (const { name, value: word } of parts) {
    const value = word && model.expand(word, node).value;
    const change = changesWith(name, value);
    if (change === undefined || !/^\w+$/.test(name)) return [];
    names.push({ name, value, with: change });
  }
  return names;
};

/** The ARGs and ENVs that follow one another and are first used in the same place. */
const groupOf = (model: Model, first: Arg | Env, until: Instruction): readonly (Arg | Env)[] => {
  const group: (Arg | Env)[] = [first];
  const all = model.stageOf(first)?.node.instructions ?? [];
  for (const node of all.slice(all.indexOf(first) + 1)) {
    if (node.kind !== 'Arg' && node.kind !== 'Env') break;
    const names = changingNames(model, node);
    if (names.length === 0 || idleSteps(model, node, names).until !== until) break;
    group.push(node);
  }
  return group;
};

const problemOf = (
  file: Iechorfile,
  model: Model,
  group: readonly (Arg | Env)[],
  { runs }: IdleSteps,
  until: Instruction,
): Problem => {
  const changing = group.flatMap((node) => changingNames(model, node));
  const [first] = changing;
  const isSeveral = changing.length > 1;
  const stands = isSeveral ? ` and ${changing.length - 1} more stand` : ' stands';
  const it = isSeveral ? 'them' : 'it';
  const steps = runs.length === 1 ? `a RUN that does not use ${it}` : `${runs.length} RUNs that do not use ${it}`;
  const isPerBuild = changing.some((each) => each.with === 'build');
  const isSure = changing.some((each) => variableUse(model, until, each) === 'named');
  const place = isSure ? `${isSeveral ? 'their' : 'its'} first use` : `the first step that may read ${it}`;
  return {
    at: group[0] ?? until,
    message: `\`${group[0]?.keyword.text.toUpperCase()} ${first?.name}\`${stands} above ${steps}`,
    help: `Move ${it} down to just above ${place}, so that a new value leaves ${runs.length === 1 ? 'that layer' : 'those layers'} in the cache.`,
    related: [
      ...runs.slice(0, 2).map(({ keyword }) => related(keyword, 'Runs again for every new value')),
      related(until.keyword, isSure ? 'First used here' : 'A program may look for it here'),
    ],
    ...(isPerBuild ? { severity: 'warning' as const } : {}),
    fix: fixOf(file, model, group, until, `Move ${it} down to ${place}`),
  };
};

const related = ({ start, end }: Range, message: string): Related => ({ range: { start, end }, message });

const fixOf = (
  file: Iechorfile,
  model: Model,
  group: readonly Instruction[],
  target: Instruction,
  title: string,
): Problem['fix'] => {
  const pieces = ownLines(model, group);
  if (!pieces) return undefined;
  const text = pieces.map(({ start, end }) => file.text.slice(start, end)).join('');
  const start = topOf(model, target);
  const edits = [...pieces.map(({ gap }) => remove(gap)), insertBefore({ start, end: start }, text)];
  return { title, edits };
};
