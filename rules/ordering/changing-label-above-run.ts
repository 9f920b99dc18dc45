import {
  type Arg,
  changesWith,
  defineRule,
  endsOpen,
  type IdleSteps,
  type Iechorfile,
  type Instruction,
  idleSteps,
  insertBefore,
  type Label,
  linesOf,
  type Model,
  type NamedValue,
  ownLines,
  type Problem,
  type Range,
  type Related,
  remove,
  topOf,
  variableUse,
  type WordPart,
} from '#lint';

export default defineRule({
  name: 'changing-label-above-run',
  codes: [],
  category: 'ordering',
  summary: 'LABEL with a value that changes with every build stands above RUNs',
  why: `The argument behind the label is in the environment of every RUN below it, so each commit and each build time runs all of them again. Other builders than BuildKit take the label itself into account too.`,
  severity: 'warning',
  when: { instructions: ['Label'] },
  fix: {
    safety: 'unsafe',
    note: 'The RUNs in between no longer have the arguments in their environment, where a program may look for them.',
  },
  examples: [
    {
      bad: 'FROM alpine\nARG VCS_REF\nLABEL org.opencontainers.image.revision=$VCS_REF\nRUN apk add --no-cache git\nCMD ["git"]\n',
      good: 'FROM alpine\nRUN apk add --no-cache git\nARG VCS_REF\nLABEL org.opencontainers.image.revision=$VCS_REF\nCMD ["git"]\n',
    },
    {
      title: 'A RUN that uses the value runs again anyway',
      good: 'FROM alpine\nARG VCS_REF\nLABEL org.opencontainers.image.revision=$VCS_REF\nRUN apk add git && git clone --revision=$VCS_REF https://example.com/a.git\n',
    },
    {
      title: 'A value that stands in the file',
      good: 'FROM alpine\nLABEL org.opencontainers.image.title=tool\nRUN apk add --no-cache git\n',
    },
  ],
  exceptions: { onbuild: 'The trial makes a trigger of the LABEL alone, below which nothing runs then.' },
  check({ file, model }) {
    const done = new Set<Instruction>();
    return {
      *Label(node) {
        const variables = done.has(node) ? [] : changingIn(model, node);
        const steps = variables.length > 0 ? idleSteps(model, node, variables, ['Label']) : undefined;
        const move = steps && moveOf(model, variables, steps);
        if (!move || steps.runs.length === 0) return;
        for (const each of move.nodes) done.add(each);
        yield problemOf(file, model, node, variables, steps, move);
      },
    };
  },
});

interface Changing extends NamedValue {
  readonly arg: Arg;
  readonly with: 'build' | 'release';
}

/** The arguments of the stage that it takes values from and that are likely to change. */
const changingIn = (model: Model, node: Label): readonly Changing[] => {
  const { bindings } = model.stateBefore(node);
  const found = new Map<string, Changing>();
  for (const name of node.pairs.flatMap(({ value }) => namesIn(value.parts))) {
    const binding = bindings.get(name);
    const change = changesWith(name, binding?.value);
    if (binding?.node?.kind !== 'Arg' || change === undefined) continue;
    if (model.stageOf(binding.node) !== model.stageOf(node)) continue;
    found.set(name, { name, value: binding.value, arg: binding.node, with: change });
  }
  return [...found.values()];
};

const namesIn = (parts: readonly WordPart[]): readonly string[] =>
  parts.flatMap((part) => {
    if (part.kind === 'Literal') return [];
    return part.kind === 'Quoted' ? namesIn(part.parts) : [part.name, ...namesIn(part.word ?? [])];
  });

/** The arguments with all labels that use them, and the instructions between which they can go down. */
interface Move {
  readonly nodes: readonly Instruction[];
  readonly staying: readonly Instruction[];
}

/** Undefined where something else that stays above uses the arguments: then nothing is won. */
const moveOf = (model: Model, variables: readonly Changing[], { until }: IdleSteps): Move | undefined => {
  const [first] = variables;
  const all = (first && model.stageOf(first.arg)?.node.instructions) ?? [];
  const start = Math.min(...variables.map(({ arg }) => all.indexOf(arg)));
  const span = all.slice(start, until ? all.indexOf(until) : all.length);
  const isMoved = (node: Instruction) =>
    variables.some(({ arg }) => arg === node) ||
    (node.kind === 'Label' && variables.some((variable) => variableUse(model, node, variable) !== 'none'));
  const staying = span.filter((node) => !isMoved(node));
  const isUsed = staying.some((node) => variables.some((variable) => variableUse(model, node, variable) === 'named'));
  return isUsed ? undefined : { nodes: span.filter(isMoved), staying };
};

const problemOf = (
  file: Iechorfile,
  model: Model,
  node: Label,
  variables: readonly Changing[],
  { runs, until }: IdleSteps,
  move: Move,
): Problem => {
  const isPerBuild = variables.some((each) => each.with === 'build');
  const named = isPerBuild ? variables.filter((each) => each.with === 'build') : variables;
  const names = named.map(({ name }) => `\`$${name}\``).join(named.length === 2 ? ' and ' : ', ');
  const isSeveral = new Set(variables.map(({ arg }) => arg)).size > 1;
  const steps = runs.length === 1 ? 'a RUN that does' : `${runs.length} RUNs that do`;
  return {
    at: node,
    message: `A LABEL with ${names}, new with every ${isPerBuild ? 'build' : 'release'}, stands above ${steps} not need it`,
    help: `Move it with its ${isSeveral ? 'ARGs' : 'ARG'} down to ${until ? 'just above the first step that may use it' : 'the end of the stage'}.`,
    related: [
      ...variables.slice(0, 1).map(({ arg }) => related(arg, 'The RUNs below this have it in their environment')),
      ...runs.slice(0, 2).map(({ keyword }) => related(keyword, 'Runs again for every new value')),
    ],
    ...(isPerBuild ? {} : { severity: 'info' as const }),
    fix: variables.every(({ arg }) => arg.declarations.length === 1)
      ? fixOf(file, model, move, until, isSeveral)
      : undefined,
  };
};

const related = ({ start, end }: Range, message: string): Related => ({ range: { start, end }, message });

const fixOf = (
  file: Iechorfile,
  model: Model,
  { nodes, staying }: Move,
  until: Instruction | undefined,
  isSeveral: boolean,
): Problem['fix'] => {
  const last = staying.findLast(({ kind }) => kind === 'Run' || kind === 'Copy' || kind === 'Add');
  const at = until ? topOf(model, until) : last && linesOf(file, last).end;
  if (at === undefined || (!until && (file.text[at - 1] !== '\n' || !last || endsOpen(file, last)))) return undefined;
  const pieces = ownLines(model, nodes);
  if (!pieces) return undefined;
  const text = pieces.map(({ start, end }) => file.text.slice(start, end)).join('');
  const edits = [...pieces.map(({ gap }) => remove(gap)), insertBefore({ start: at, end: at }, text)];
  return { title: `Move it down with its ${isSeveral ? 'ARGs' : 'ARG'}`, edits };
};
