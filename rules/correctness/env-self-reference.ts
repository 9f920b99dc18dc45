import {
  bottomStage,
  defineRule,
  type Env,
  type Iechorfile,
  lineEndOf,
  linesOf,
  type Model,
  type Pair,
  replace,
  setsOnlyPath,
  type Variable,
  variablesIn,
} from '#lint';

export default defineRule({
  name: 'env-self-reference',
  codes: ['DL3044'],
  category: 'correctness',
  summary: 'ENV uses a variable that the same ENV sets',
  why: `All values of one ENV are expanded before any of them is set, so the variable is still empty or has its old value.`,
  severity: 'error',
  when: { instructions: ['Env'] },
  fix: { safety: 'unsafe', note: 'The variable gets the value that was probably meant, so the image changes.' },
  examples: [
    {
      bad: 'FROM debian:13\nENV APP=/opt/app BIN=$APP/bin\n',
      good: 'FROM debian:13\nENV APP=/opt/app\nENV BIN=$APP/bin\n',
    },
    {
      title: 'On several lines',
      bad: 'FROM debian:13\nENV APP=/opt/app \\\n    LANG=C.UTF-8 \\\n    PATH=$APP/bin:$PATH\n',
      good: 'FROM debian:13\nENV APP=/opt/app \\\n    LANG=C.UTF-8\nENV PATH=$APP/bin:$PATH\n',
    },
    {
      title: 'Used twice, which one split mends',
      bad: 'FROM debian:13\nENV APP=/opt/app \\\n    BIN=$APP/bin \\\n    LIB=$APP/lib\n',
      good: 'FROM debian:13\nENV APP=/opt/app\nENV BIN=$APP/bin \\\n    LIB=$APP/lib\n',
    },
    { title: 'Set further to the right', bad: 'FROM debian:13\nENV BIN=$APP/bin APP=/opt/app\n' },
    {
      title: 'Another value',
      bad: 'FROM debian:13\nENV V=1\nENV V=2 APP=/opt/app-$V\n',
      good: 'FROM debian:13\nENV V=1\nENV V=2\nENV APP=/opt/app-$V\n',
    },
    {
      title: 'Added to twice, of which one is lost',
      bad: 'FROM debian:13\nENV PATH=/opt/a:$PATH PATH=/opt/b:$PATH\n',
      good: 'FROM debian:13\nENV PATH=/opt/a:$PATH\nENV PATH=/opt/b:$PATH\n',
    },
    { title: 'Its own old value', good: 'FROM debian:13\nENV PATH=/opt/app/bin:$PATH\n' },
    { title: 'Set before', good: 'FROM debian:13\nENV APP=/opt/app\nENV BIN=$APP/bin\n' },
    { title: 'Set before, and again', good: 'FROM debian:13\nARG APP=/opt/app\nENV APP=$APP BIN=$APP/bin\n' },
    { title: 'The same value again', good: 'FROM debian:13\nENV APP=/opt/app\nENV APP=/opt/app BIN=$APP/bin\n' },
    { title: 'A `$` that stays', good: `FROM debian:13\nENV APP=/opt/app NOTE='$APP'\n` },
  ],
  check({ file, model, as }) {
    const isLost = as === 'hadolint' ? isNew : isChanged;
    return {
      *Env(node, { onbuild, stage }) {
        if (node.pairs.length < 2 || node.pairs.every(({ value }) => value.text !== undefined)) return;
        // Elsewhere the base image may have set the same value.
        const isCertain = stage !== undefined && setsOnlyPath(bottomStage(stage).base);
        const setters = new Map<string, number>();
        let split: number | undefined;
        for (const [index, { key }] of node.pairs.entries())
          if (key.text) setters.set(key.text, setters.get(key.text) ?? index);
        for (const [index, { key, value }] of node.pairs.entries()) {
          const seen = new Set<string>();
          for (const variable of variablesIn(value)) {
            const { name } = variable;
            if (seen.has(name)) continue;
            seen.add(name);
            const setter = setters.get(name);
            if (setter === undefined || setter === index || hasDefault(variable)) continue;
            // `A=$A:more` adds to the old value, unless the same ENV has set another before.
            if (key.text === name ? setter > index : !isLost(model, node, node.pairs[setter], name)) continue;
            // One split serves all that use what is set above it.
            split = setter < index && (split === undefined || setter >= split) ? index : split;
            yield {
              at: variable,
              message: `\`$${name}\` is not yet what this ENV sets it to: all values of an ENV are read before any is set`,
              help:
                setter < index
                  ? `Begin a new ENV with \`${(node.pairs[split ?? index]?.key ?? key).raw}\`.`
                  : `Set \`${name}\` in an ENV of its own above.`,
              severity: isCertain ? 'error' : 'warning',
              related: [{ range: node.pairs[setter] ?? key, message: 'It is set here' }],
              fix: setter < index && split !== undefined ? splitting(file, node, split, onbuild) : undefined,
            };
          }
        }
      },
    };
  },
});

/** The default says what to do where it is not set, and is commonly the value itself. */
const hasDefault = ({ modifier }: Variable): boolean => /^:?[-+]$/.test(modifier ?? '');

/** Whether the file has not set it above, which is enough for hadolint. */
const isNew = (model: Model, node: Env, _pair: Pair | undefined, name: string): boolean =>
  model.stateBefore(node).bindings.get(name)?.node === undefined;

/** Whether the ENV gives the variable another value than it has. */
const isChanged = (model: Model, node: Env, pair: Pair | undefined, name: string): boolean => {
  const old = model.stateBefore(node).bindings.get(name);
  if (!old) return true;
  if (!pair || old.value === undefined || variablesIn(pair.value).length > 0) return false;
  return model.expand(pair.value, node).value !== old.value;
};

/** Ends the ENV before the pair and begins another; a comment between the two stays where it is, so there is no fix. */
const splitting = (file: Iechorfile, node: Env, index: number, onbuild: boolean) => {
  const [above, pair] = [node.pairs[index - 1], node.pairs[index]];
  if (!above || !pair) return undefined;
  const gap = { start: above.end, end: pair.start };
  const between = file.text.slice(gap.start, gap.end);
  if (between.replaceAll(file.escape, '').trim() !== '') return undefined;
  // As it is written, blanks between the keyword and the first key included.
  const before = file.text.slice(linesOf(file, node).start, node.pairs[0]?.start);
  const opening = before.includes('\n') ? `${onbuild ? 'ONBUILD ' : ''}${node.keyword.text} ` : before;
  return { title: 'Split the ENV in two', edits: [replace(gap, `${lineEndOf(file, node)}${opening}`)] };
};
