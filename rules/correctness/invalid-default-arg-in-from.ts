import { type Arg, type ArgDeclaration, defineRule, type Model, type Related, readReference, variablesIn } from '#lint';

export default defineRule({
  name: 'invalid-default-arg-in-from',
  codes: ['InvalidDefaultArgInFrom'],
  category: 'correctness',
  summary: 'The default values of its ARGs give FROM no image',
  why: `A build without \`--build-arg\` stops here, and whatever reads the file alone, such as a scanner or an updater, finds no image. A default
    that works also shows what kind of image is meant.`,
  severity: 'warning',
  examples: [
    { title: 'No default', bad: 'ARG BASE\nFROM $BASE\n' },
    { title: 'No default for a part', bad: 'ARG VERSION\nFROM node:$VERSION-alpine\n' },
    { title: 'A default that is none', bad: 'ARG VERSION=""\nFROM node:$VERSION\n' },
    { title: 'A default', good: 'ARG BASE=alpine:3.24\nFROM $BASE\n' },
    { title: 'A default where it is used', good: `ARG BASE\nFROM \${BASE:-alpine:3.24}\n` },
    { title: 'A part that may be empty', good: 'ARG REGISTRY\nARG SUFFIX=-slim\nFROM debian:13$SUFFIX\n' },
    {
      title: 'Said to be required',
      good: '# The image to build on, required: --build-arg BASE=…\nARG BASE\nFROM $BASE\n',
    },
  ],
  reproduces: 'buildkit',
  check({ model, as }) {
    return {
      *From(node) {
        if (!as && node.image.text !== undefined) return;
        const { value, error } = model.imageByDefault(node);
        if (as === 'buildkit' && value !== undefined && !readReference(value))
          yield { at: node.image, message: `By default FROM names \`${value}\`, which is not an image` };
        if (as) return;
        if (error !== undefined || value === undefined || (value !== '' && readReference(value))) return;
        const args = variablesIn(node.image).flatMap(({ name, modifier }) =>
          modifier?.endsWith('-') ? [] : argOf(name, model),
        );
        // What is not declared at all is said by another rule.
        if (args.includes('undeclared')) return;
        const known = args.filter((each) => typeof each === 'object');
        const missing = known.filter(({ declaration }) => !declaration.default);
        if (missing.some(({ node: arg }) => isSaidToBeRequired(arg))) return;
        yield { at: node.image, ...wordingOf(value, missing), related: known.map(relatedOf) };
      },
    };
  },
});

interface Declared {
  readonly node: Arg;
  readonly declaration: ArgDeclaration;
}

const argOf = (name: string, { globals }: Model): Declared | 'predefined' | 'undeclared' => {
  const binding = globals.bindings.get(name);
  if (!binding) return 'undeclared';
  const { node } = binding;
  const declaration = node?.kind === 'Arg' ? node.declarations.find((each) => each.name.text === name) : undefined;
  return node?.kind === 'Arg' && declaration ? { node, declaration } : 'predefined';
};

const wordingOf = (
  value: string,
  missing: readonly Declared[],
): { message: string; help: string; severity?: 'info' } => {
  const names = [...new Set(missing.map(({ declaration }) => declaration.name.text))];
  const byDefault = value === '' ? 'FROM names no image' : `FROM names \`${value}\`, which is not an image`;
  if (names.length === 0) {
    return {
      message: `By default ${byDefault}`,
      help: /@(?!sha\d)/.test(value)
        ? 'Write `:` before a tag: `@` stands before a digest, such as `@sha256:…`.'
        : 'Give its ARGs defaults that make the name of an image.',
    };
  }
  const all = names.map((name) => `\`$${name}\``);
  const listed = all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${all.at(-1)}` : all.join('');
  return {
    message: `By default ${byDefault}: ${listed} ${all.length > 1 ? 'have' : 'has'} no default`,
    help: `Give ${names.length > 1 ? 'them values that work' : 'it a value that works'}, such as \`ARG ${names[0]}=…\`, or say in a comment above the ARG that it is required.`,
    severity: 'info',
  };
};

const relatedOf = ({ declaration }: Declared): Related => ({
  range: declaration,
  message: declaration.default ? 'Its default' : 'It is declared here',
});

const isSaidToBeRequired = ({ comments }: Arg): boolean =>
  comments.some(({ text }) => /\b(?:required|mandatory|must|build-arg)\b/i.test(text));
