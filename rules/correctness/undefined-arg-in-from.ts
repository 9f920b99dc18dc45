import {
  type ArgDeclaration,
  defineRule,
  type From,
  type Instruction,
  insertInstructionBefore,
  isSlip,
  type Model,
  nearestName,
  readPlatform,
  readReference,
  replace,
  type Setters,
  settersIn,
  type Variable,
  variablesIn,
  type Word,
} from '#lint';

export default defineRule({
  name: 'undefined-arg-in-from',
  codes: ['UndefinedArgInFrom'],
  category: 'correctness',
  summary: 'FROM uses an ARG that is not declared above the first FROM',
  why: `FROM sees only the ARGs above the first FROM. Any other variable is empty there, whatever \`--build-arg\` says.`,
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'The image is chosen by what was probably meant.' },
  examples: [
    {
      title: 'A slip of the pen',
      bad: 'ARG VERSION=3.24\nFROM alpine:$VERISON\n',
      good: 'ARG VERSION=3.24\nFROM alpine:$VERSION\n',
    },
    {
      title: 'Declared in a stage',
      bad: 'FROM golang:1.26 AS build\nARG VERSION=3.24\nFROM alpine:$VERSION\n',
      good: 'ARG VERSION=3.24\nFROM golang:1.26 AS build\nARG VERSION=3.24\nFROM alpine:$VERSION\n',
    },
    {
      title: 'Not declared: the default is all there is',
      bad: `FROM alpine:\${VERSION:-3.24}\n`,
      good: `ARG VERSION\nFROM alpine:\${VERSION:-3.24}\n`,
    },
    { title: 'Declared nowhere', bad: 'FROM alpine:$VERSION\n' },
    {
      title: 'A slip in what every build sets',
      bad: 'FROM --platform=$BULIDPLATFORM golang:1.26\n',
      good: 'FROM --platform=$BUILDPLATFORM golang:1.26\n',
    },
    { title: 'In `--platform`', bad: 'FROM --platform=$PLATFORM alpine:3.24\n' },
    { good: 'ARG VERSION=3.24\nFROM alpine:$VERSION\n' },
    { title: 'What every build sets', good: 'FROM --platform=$BUILDPLATFORM golang:1.26\n' },
    { title: 'Given by the caller', good: 'ARG BASE\nFROM $BASE\n' },
  ],
  check({ model }) {
    let setters: ReadonlyMap<string, Setters> | undefined;
    return {
      *From(node) {
        const flag = node.flags.find(({ name }) => name.text === 'platform');
        const words = flag?.value ? [node.image, flag.value] : [node.image];
        for (const variable of words.flatMap(variablesIn)) {
          const { name, problem } = variable;
          if (problem !== undefined || !isName(name) || model.globals.bindings.has(name)) continue;
          setters ??= settersIn(model);
          const inStage = declarationOf(name, setters.get(name)?.firstArg?.node);
          const declared = inStage ? [] : Array.from(model.globals.bindings, ([each]) => each).filter(isName);
          const near = inStage ? undefined : nearestName(name, declared);
          const meant = near && isSlip(name, near) ? near : undefined;
          yield {
            at: variable,
            ...(isEmpty(node, words.slice(1), model) ? { severity: 'error' as const } : {}),
            message: inStage
              ? `\`$${name}\` is declared inside a stage, where FROM does not see it`
              : `\`$${name}\` is not declared above the first FROM`,
            help: meant
              ? `Write \`$${meant}\`, or declare \`ARG ${name}\` above the first FROM.`
              : `Declare \`ARG ${name}${variable.modifier?.endsWith('-') ? '' : '=…'}\` above the first FROM.`,
            ...(inStage ? { related: [{ range: inStage, message: 'It is declared here' }] } : {}),
            fix: fixFor(model, variable, inStage, meant),
          };
        }
      },
    };
  },
});

/** Whether a variable can be called so. */
const isName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** Whether no argument can help: without those that are not declared there is no image, or no platform. */
const isEmpty = (node: From, [platform]: readonly Word[], model: Model): boolean => {
  const isUndeclared = ({ name, modifier }: Variable) =>
    modifier === undefined && isName(name) && !model.globals.bindings.has(name);
  const isLeftAlone = (word: Word) => variablesIn(word).length > 0 && variablesIn(word).every(isUndeclared);
  if (platform && isLeftAlone(platform) && !readPlatform(literalsOf(platform))) return true;
  const { value } = model.imageByDefault(node);
  return isLeftAlone(node.image) && value !== undefined && !readReference(value);
};

const literalsOf = ({ parts }: Word): string =>
  parts.map((part) => (part.kind === 'Literal' ? part.value : '')).join('');

const declarationOf = (name: string, node: Instruction | undefined): ArgDeclaration | undefined =>
  node?.kind === 'Arg' ? node.declarations.find((declaration) => declaration.name.text === name) : undefined;

const fixFor = (
  model: Model,
  { name, nameRange, modifier }: Variable,
  inStage: ArgDeclaration | undefined,
  meant: string | undefined,
) => {
  if (meant) return { title: `Write \`$${meant}\``, edits: [replace(nameRange, meant)] };
  const { file } = model;
  const from = file.instructions.find((node): node is From => node.kind === 'From');
  // Below what is no ARG it would not count.
  if (!from || file.stages[0]?.from !== from || (!inStage && !modifier?.endsWith('-'))) return undefined;
  const text = inStage ? file.text.slice(inStage.start, inStage.end) : name;
  if (/\n/.test(text)) return undefined;
  return { title: `Declare it above the first FROM`, edits: [insertInstructionBefore(model, from, `ARG ${text}`)] };
};
