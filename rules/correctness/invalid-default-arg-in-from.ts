import { type Arg, type ArgDeclaration, defineRule, type Model, readReference, variablesIn } from '#lint';

export default defineRule({
  name: 'invalid-default-arg-in-from',
  codes: ['InvalidDefaultArgInFrom'],
  category: 'correctness',
  summary: 'The defaults of its ARGs give FROM no image',
  why: `A build without \`--build-arg\` stops here, and whatever reads the file alone, such as a scanner or an updater, finds no
    image. A default that works says as well what kind of image is meant.`,
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
  check({ model }) {
    return {
      *From(node) {
        if (node.image.text !== undefined) return;
        const { value, error } = model.imageByDefault(node);
        if (error !== undefined || value === undefined || (value !== '' && readReference(value))) return;
        const args = variablesIn(node.image).map(({ name }) => argOf(name, model));
        // What is not declared at all is said by another rule.
        if (args.includes('undeclared')) return;
        const known = args.filter((each) => typeof each === 'object');
        const missing = known.find(({ declaration }) => !declaration.default);
        if (missing && isSaidToBeRequired(missing.node)) return;
        const name = missing?.declaration.name.text;
        yield {
          at: node.image,
          ...(missing ? { severity: 'info' } : {}),
          message: missing
            ? `\`$${name}\` has no default, so only a build with \`--build-arg ${name}=…\` finds an image`
            : `By default this is \`${value}\`, which is no image`,
          help: missing
            ? `Give it one that works, \`ARG ${name}=…\`, or say in a comment above the ARG that it is required.`
            : 'Give its ARGs defaults that make the name of an image.',
          related: known.map(({ declaration }) => ({
            range: declaration,
            message: declaration.default ? 'Its default' : 'It is declared here',
          })),
        };
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

const isSaidToBeRequired = ({ comments }: Arg): boolean =>
  comments.some(({ text }) => /\b(?:required|mandatory|must|build-arg)\b/i.test(text));
