import { defineRule, type Edit, type Iechorfile, type Range, replace, type StageInfo, type Token } from '#lint';

export default defineRule({
  name: 'stage-name-casing',
  codes: ['StageNameCasing'],
  category: 'style',
  summary: 'A stage name has capital letters',
  why: `Builders keep stage names in lower case. \`COPY --from\` and \`--target\` find them in any letter case, but FROM only in lower case: it takes
    any other spelling for an image.`,
  severity: 'style',
  when: { text: /\bas\b/i },
  fix: { safety: 'safe' },
  examples: [
    {
      title: 'Renamed wherever it is used',
      bad: 'FROM golang AS Build\nFROM alpine\nCOPY --from=Build /app /app\nRUN --mount=from=Build,target=/src true\n',
      good: 'FROM golang AS build\nFROM alpine\nCOPY --from=build /app /app\nRUN --mount=from=build,target=/src true\n',
    },
    {
      title: 'A FROM that did not find it',
      bad: 'FROM golang AS Base\nFROM Base\n',
      good: 'FROM golang AS base\nFROM base\n',
    },
    { title: 'A reserved name is another matter', good: 'FROM golang AS Context\n' },
    { title: 'BuildKit says both', as: 'buildkit', bad: 'FROM golang AS Context\n' },
    { title: 'An image', good: 'FROM golang AS build\nFROM alpine\nCOPY --from=build /app /app\n' },
  ],
  check({ file, model, as }) {
    return {
      *From({ name }, { stage }) {
        // A name that no stage can have is refused, which `syntax` says; one that is reserved has to go altogether.
        if (!name || !stage || !/[A-Z]/.test(name.text) || (!as && !/^[A-Za-z][\w.-]*$/.test(name.text))) return;
        const lower = name.text.toLowerCase();
        if (!as && (lower === 'scratch' || lower === 'context')) return;
        yield {
          at: name,
          message: `The stage name \`${name.text}\` has capital letters`,
          help: `Write \`${lower}\`, as builders do.`,
          fix: {
            title: `Rename the stage to \`${lower}\``,
            edits: [replace(name, lower), ...usesOf(name, stage, model.stages, file)],
          },
        };
      },
    };
  },
});

/** Where the name is written in another case; a FROM that does not find the stage for it included. */
const usesOf = (name: Token, stage: StageInfo, stages: readonly StageInfo[], file: Iechorfile): readonly Edit[] => {
  const lower = name.text.toLowerCase();
  const edits: Edit[] = [];
  for (const { kind, at, text, stage: meant } of stages.flatMap(({ references }) => references)) {
    if (text?.toLowerCase() !== lower || text === lower) continue;
    if (meant !== stage && !(kind === 'from' && at.start > name.end)) continue;
    const place = placeOf(text, at, kind === 'mount', file);
    if (place) edits.push(replace(place, lower));
  }
  return edits;
};

/** Where the name stands in the word, or behind `from=` in a mount; undefined where it is written in another way. */
const placeOf = (text: string, at: Range, isMount: boolean, file: Iechorfile): Range | undefined => {
  const source = file.text.slice(at.start, at.end);
  const offset = isMount ? source.search(FROM_FIELD) + 5 : source.search(/[^"']/);
  if (!source.startsWith(text, offset)) return undefined;
  return { start: at.start + offset, end: at.start + offset + text.length };
};

const FROM_FIELD = /(?<![^,"'])from=/i;
