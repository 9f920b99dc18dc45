import { asWritten, defineRule, type LabelKind, licenseFlaw, type Pair, type Problem, replace } from '#lint';

export default defineRule({
  name: 'label-value-invalid',
  codes: ['DL3052', 'DL3053', 'DL3054', 'DL3055', 'DL3056', 'DL3058'],
  category: 'labels',
  summary: 'The value of a label is not what its key is for',
  why: `Registries, scanners and update bots read these labels, and pass over what they cannot read. What the keys of the OCI specification
    hold is settled there, the rest in the label schema of the team.`,
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'The image gets another label.' },
  examples: [
    {
      title: 'A time, as RFC 3339 has it',
      bad: 'FROM alpine:3.24\nLABEL org.opencontainers.image.created="2026-01-31 12:00:00+01:00"\n',
      good: 'FROM alpine:3.24\nLABEL org.opencontainers.image.created="2026-01-31T12:00:00+01:00"\n',
    },
    {
      title: 'A license, as SPDX calls it',
      bad: 'FROM alpine:3.24\nLABEL org.opencontainers.image.licenses="Apache 2.0"\n',
      good: 'FROM alpine:3.24\nLABEL org.opencontainers.image.licenses="Apache-2.0"\n',
    },
    { title: 'One of two licenses', bad: 'FROM alpine:3.24\nLABEL org.opencontainers.image.licenses="GPLv3"\n' },
    { title: 'A URL', bad: 'FROM alpine:3.24\nLABEL org.opencontainers.image.source=git@github.com:team/app.git\n' },
    {
      title: 'What the team asks for',
      bad: 'FROM alpine:3.24\nLABEL contact="Ada" commit=main release=v1.0\n',
      policy: {
        labels: new Map([['contact', 'email'] as const, ['commit', 'hash'] as const, ['release', 'semver'] as const]),
      },
    },
    {
      title: 'An expression',
      good: 'FROM alpine:3.24\nLABEL org.opencontainers.image.licenses="(MIT OR Apache-2.0) AND LicenseRef-Logo"\n',
    },
    {
      title: 'The caller says it',
      good: 'FROM alpine:3.24\nARG CREATED=unknown\nLABEL org.opencontainers.image.created=$CREATED\n',
    },
    {
      title: 'Whatever the team wants there',
      good: 'FROM alpine:3.24\nLABEL org.opencontainers.image.url=intranet\n',
      policy: { labels: new Map([['org.opencontainers.image.url', 'text'] as const]) },
    },
  ],
  when: { instructions: ['Label'] },
  check({ policy: { labels }, as }) {
    return {
      *Label(node) {
        for (const pair of node.pairs) {
          const key = pair.key.text ?? '';
          const kind = labels?.get(key) ?? (as ? undefined : KNOWN.get(key));
          const value = as ? asWritten(pair.value) : pair.value.text?.trim();
          // An empty one is missing; one with a variable is for the caller to say.
          if (!kind || value === undefined || (value === '' && !as)) continue;
          const flaw = FLAWS[kind](value);
          if (flaw) yield problemOf(pair, value, pair.legacy && value.startsWith('=') ? SPACED : flaw, CODES[kind]);
        }
      },
    };
  },
});

const known = (prefix: string, kinds: Readonly<Record<string, LabelKind>>): readonly (readonly [string, LabelKind])[] =>
  Object.entries(kinds).map(([name, kind]) => [`${prefix}.${name}`, kind] as const);

/** What the specifications settle: a version or revision may be of any system. */
const KNOWN: ReadonlyMap<string, LabelKind> = new Map([
  ...known('org.opencontainers.image', {
    created: 'rfc3339',
    url: 'url',
    documentation: 'url',
    source: 'url',
    licenses: 'spdx',
  }),
  ...known('org.label-schema', { 'build-date': 'rfc3339', url: 'url' }),
]);

const CODES: Readonly<Record<LabelKind, readonly string[]>> = {
  text: [],
  url: ['DL3052'],
  rfc3339: ['DL3053'],
  spdx: ['DL3054'],
  hash: ['DL3055'],
  semver: ['DL3056'],
  email: ['DL3058'],
};

interface Flaw {
  /** What the value is not. */
  readonly what: string;
  readonly help: string;
  readonly instead?: string | undefined;
}

const SPACED: Flaw = {
  what: 'the value alone',
  help: 'Write `key=value` with no blanks around the `=`.',
};

const problemOf = (
  { key, value: word }: Pair,
  value: string,
  { what, help, instead }: Flaw,
  codes: readonly string[],
): Problem => {
  const isPlain = word.text === value && instead !== undefined && !/["'\\$`]/.test(value);
  const quote = /^["']/.exec(word.raw)?.[0] ?? (/\s/.test(instead ?? '') ? '"' : '');
  return {
    at: word.start < word.end ? word : key,
    message: `\`${key.text}\` has to be ${what}, which \`${value}\` is not`,
    help,
    codes,
    fix: isPlain ? { title: `Write \`${instead}\``, edits: [replace(word, `${quote}${instead}${quote}`)] } : undefined,
  };
};

// Kinds -------------------------------------------------------------------------------------------------------------

type Check = (value: string) => Flaw | undefined;

const matching =
  (pattern: RegExp, what: string, help: string): Check =>
  (value) =>
    pattern.test(value) ? undefined : { what, help };

const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

const timeFlaw: Check = (value) => {
  const [, date = '', gap = '', time = ''] = /^(\d{4}-\d\d-\d\d)(.?)(.*)$/s.exec(value) ?? [];
  const isRight = DATE.test(date) && TIME.test(time);
  if (isRight && /t/i.test(gap)) return undefined;
  return {
    what: 'a time as RFC 3339 has it',
    help: 'Write it as `2026-01-31T12:00:00Z`, the zone behind it.',
    instead: isRight && gap === ' ' ? `${date}T${time}` : undefined,
  };
};

const urlFlaw: Check = (value) => {
  if (/^[a-z][a-z\d+.-]*:\/\/[^\s/?#]+\S*$/i.test(value)) return undefined;
  const [, host, path] = /^[\w-]+@([\w.-]+):([^\s]+?)(?:\.git)?$/.exec(value) ?? [];
  const isBare = /^(?:www\.|github\.com\/|gitlab\.com\/)\S+$/.test(value);
  const instead = isBare ? `https://${value}` : host && path ? `https://${host}/${path}` : undefined;
  return { what: 'a URL', help: `Write it in full, such as \`${instead ?? 'https://example.com/'}\`.`, instead };
};

const spdxFlaw: Check = (value) => {
  const flaw = licenseFlaw(value);
  if (!flaw) return undefined;
  const { text, meant } = flaw;
  return {
    what: 'an SPDX license expression',
    help: meant.length
      ? `Write ${meant.map((name) => `\`${name}\``).join(' or ')}.`
      : `Write an identifier of https://spdx.org/licenses, or \`LicenseRef-${text.replace(/[^\w.-]+/g, '-')}\` for a license that is not there.`,
    instead: meant.length === 1 && text === value ? meant[0] : undefined,
  };
};

const SEMVER =
  /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-[\da-z-]+(?:\.[\da-z-]+)*)?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/i;

const FLAWS: Readonly<Record<LabelKind, Check>> = {
  text: () => undefined,
  rfc3339: timeFlaw,
  url: urlFlaw,
  spdx: spdxFlaw,
  hash: matching(/^(?:[\da-f]{7,40}|[\da-f]{64})$/, 'the hash of a commit', 'Write what `git rev-parse HEAD` prints.'),
  semver: matching(SEMVER, 'a semantic version', 'Write it as `1.2.3`, with no `v` in front.'),
  email: matching(
    /^[^\s@<>]+@[^\s@<>.]+(?:\.[^\s@<>.]+)+$/,
    'an e-mail address',
    'Write the address alone, such as `team@example.com`.',
  ),
};
