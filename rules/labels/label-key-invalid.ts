import { asWritten, defineRule, type Label, nearest, type Pair, type Problem, replace } from '#lint';

export default defineRule({
  name: 'label-key-invalid',
  codes: ['DL3048', 'tally/labels/valid-key'],
  category: 'labels',
  summary: 'The key of a label is malformed, reserved or unknown',
  why: `Filters and tools look for keys by their exact text. Two namespaces belong to Docker and one to the OCI specifications, which give their
    keys a meaning.`,
  severity: 'style',
  reproduces: 'hadolint',
  fix: { safety: 'unsafe', note: 'The image gets another label.' },
  examples: [
    { title: 'A namespace of Docker', bad: 'FROM alpine:3.24\nLABEL com.docker.app=web\n' },
    {
      title: 'A key that the OCI specification has not',
      bad: 'FROM alpine:3.24\nLABEL org.opencontainers.image.license=MIT\n',
      good: 'FROM alpine:3.24\nLABEL org.opencontainers.image.licenses=MIT\n',
    },
    { title: 'The colon of YAML', bad: 'FROM alpine:3.24\nLABEL version: 1.0\n' },
    { title: 'Two dividers', bad: 'FROM alpine:3.24\nLABEL com.example..team=web "our team"=web\n' },
    {
      title: 'hadolint wants lower case too',
      bad: 'FROM alpine:3.24\nLABEL Vendor="Example Inc"\n',
      good: 'FROM alpine:3.24\nLABEL vendor="Example Inc"\n',
      as: 'hadolint',
    },
    { good: 'FROM alpine:3.24\nLABEL com.example.team=web org.opencontainers.image.title=app maintainer=ada\n' },
    { title: 'Letter case is a matter of taste', good: 'FROM alpine:3.24\nLABEL Vendor="Example Inc" build_id=7\n' },
    {
      title: 'Labels that extensions of Docker need',
      good: 'FROM scratch\nLABEL com.docker.desktop.extension.icon=a\n',
    },
  ],
  when: { instructions: ['Label'] },
  check({ as }) {
    if (as === 'hadolint') return { Label: outsideGuidelines };
    return {
      *Label(node) {
        for (const { key } of node.pairs) {
          const problem = key.text === undefined ? undefined : problemOf(key, key.text);
          if (problem) yield problem;
        }
      },
    };
  },
});

/** hadolint holds keys to the guidelines of Docker. */
const outsideGuidelines = function* ({ pairs }: Label): Iterable<Problem> {
  for (const { key } of pairs) {
    const text = asWritten(key);
    if (isPlain(text)) continue;
    const plain = text.toLowerCase().replace(/[\s.-]*([.-])[\s.-]*|\s+/g, (_all, divider = '-') => divider);
    const isSure = plain !== text && key.raw === text && isPlain(plain);
    yield {
      at: key,
      message: `The key \`${text}\` is not as the guidelines of Docker want it`,
      help: PLAIN,
      fix: isSure ? { title: `Write \`${plain}\``, edits: [replace(key, plain)] } : undefined,
    };
  }
};

const isPlain = (key: string): boolean => /^[a-z](?:[.-]?[a-z\d_])*$/.test(key) && !RESERVED.test(key);

const RESERVED = /^(?:com\.docker|io\.docker|org\.dockerproject)\./;

const PLAIN = 'Write lower-case letters and digits, with single periods and hyphens between them.';

const problemOf = (key: Pair['key'], text: string): Problem | undefined => {
  const [space] = RESERVED.exec(text) ?? [];
  if (space && !/^com\.docker\.(?:desktop\.)?extension\./.test(text)) {
    const help = 'Begin it with the reversed name of a domain of your own, such as `com.example.`.';
    return { at: key, message: `\`${space}\` is a namespace of Docker's own labels`, help };
  }
  if (/^org\.opencontainers\.image\./i.test(text)) return KNOWN.includes(text) ? undefined : unknownProblem(key, text);
  const wrong = wrongIn(text);
  return wrong === undefined
    ? undefined
    : { at: key, message: `The key \`${text}\` ${wrong}`, help: text.endsWith(':') ? YAML : PLAIN };
};

const YAML = 'Write `=` in the place of the colon and the blank.';

const wrongIn = (text: string): string | undefined => {
  if (/\s/.test(text)) return 'has a blank in it';
  const [other] = /[^\w./-]/.exec(text) ?? [];
  if (other) return `has a \`${other}\` in it`;
  if (/^[^a-z\d]|[^a-z\d]$/i.test(text)) return 'begins or ends with a divider';
  return /\.\.|--/.test(text) ? 'has two dividers in a row' : undefined;
};

const unknownProblem = (key: Pair['key'], text: string): Problem => {
  const near = nearest(text, KNOWN);
  return {
    at: key,
    message: `The OCI image specification has no label \`${text}\``,
    help: near
      ? `Write \`${near}\`.`
      : 'Begin it with the reversed name of a domain of your own, such as `com.example.`.',
    severity: 'warning',
    fix: near && key.raw === text ? { title: `Write \`${near}\``, edits: [replace(key, near)] } : undefined,
  };
};

/** The keys that the specification has. */
const KNOWN =
  `created authors url documentation source version revision vendor licenses ref.name title description base.digest base.name`
    .split(' ')
    .map((name) => `org.opencontainers.image.${name}`);
