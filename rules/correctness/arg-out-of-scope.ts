import {
  type ArgDeclaration,
  bottomStage,
  defineRule,
  type Edit,
  type Instruction,
  insertInstructionBefore,
  type Model,
  mayBeStage,
  type Problem,
  type Range,
  remove,
  type Setters,
  type StageInfo,
  setsOnlyPath,
  settersIn,
  unboundIn,
  unboundInScript,
  type Where,
  whereWordsExpand,
} from '#lint';

export default defineRule({
  name: 'arg-out-of-scope',
  codes: ['S6579'],
  category: 'correctness',
  summary: 'A stage uses an ARG that is declared outside of it',
  why: `An ARG above the first FROM counts in FROM alone, one in a stage counts in that stage and in those built on it. Any other stage has to
    declare \`ARG NAME\` itself to have its value.`,
  severity: 'warning',
  when: { text: /\$/ },
  fix: { safety: 'unsafe', note: 'The variable gets its value, so the image changes.' },
  examples: [
    {
      title: 'Declared above the first FROM',
      bad: 'ARG VERSION=1.2\nFROM alpine:3.24\nLABEL version=$VERSION\n',
      good: 'ARG VERSION=1.2\nFROM alpine:3.24\nARG VERSION\nLABEL version=$VERSION\n',
    },
    {
      title: 'In the shell of a RUN',
      bad: 'ARG VERSION=1.2\nFROM alpine:3.24\nRUN wget https://example.com/app-$VERSION.tgz\n',
      good: 'ARG VERSION=1.2\nFROM alpine:3.24\nARG VERSION\nRUN wget https://example.com/app-$VERSION.tgz\n',
    },
    {
      title: 'One that every build has, but only for who asks',
      bad: 'FROM golang:1.26\nRUN GOARCH=$TARGETARCH go build -o /app .\n',
      good: 'FROM golang:1.26\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build -o /app .\n',
    },
    {
      title: 'Its own default',
      bad: 'ARG VERSION=1.2\nFROM alpine:3.24\nARG VERSION=$VERSION\n',
      good: 'ARG VERSION=1.2\nFROM alpine:3.24\nARG VERSION\n',
    },
    {
      title: 'Of another stage',
      bad: 'FROM golang:1.26 AS build\nARG BIN=/app\nRUN go build -o $BIN .\nFROM alpine:3.24\nCOPY --from=build $BIN /app\n',
      good: 'FROM golang:1.26 AS build\nARG BIN=/app\nRUN go build -o $BIN .\nFROM alpine:3.24\nARG BIN=/app\nCOPY --from=build $BIN /app\n',
    },
    { title: 'In FROM', good: 'ARG VERSION=3.24\nFROM alpine:$VERSION\n' },
    {
      title: 'Of the stage below it',
      good: 'FROM alpine:3.24 AS base\nARG VERSION=1.2\nFROM base\nENV VERSION=$VERSION\n',
    },
    { title: 'Set by the script itself', good: 'ARG V=1\nFROM alpine:3.24\nRUN V=2 && echo $V\n' },
    { title: 'Set by the base image', good: 'ARG NODE_VERSION=24\nFROM node:$NODE_VERSION\nENV V=$NODE_VERSION\n' },
  ],
  check({ model }) {
    const seen = new Set<string>();
    const setters = once(() => settersIn(model));
    const usesIn = (node: Instruction) =>
      node.kind === 'Run' ? [...unboundIn(model, node), ...unboundInScript(model, node)] : unboundIn(model, node);
    const visit = (node: Instruction, { stage, onbuild }: Where): Iterable<Problem> | undefined => {
      const uses = stage ? usesIn(node) : [];
      return stage && uses.length > 0 ? problemsOf(node, stage, onbuild, uses) : undefined;
    };
    const problemsOf = function* (
      node: Instruction,
      stage: StageInfo,
      onbuild: boolean,
      uses: readonly Use[],
    ): Iterable<Problem> {
      for (const use of uses) {
        if (isInFrom(node, use)) continue;
        const key = `${stage.index} ${use.name}`;
        const declared = seen.has(key) ? undefined : outside(use.name, stage, model, setters);
        seen.add(key);
        if (!declared) continue;
        const { at, text, why } = declared;
        yield {
          at: use,
          message: `\`$${use.name}\` is not set here: ${why}`,
          help: `Declare \`${text}\` in this stage, above its first use.`,
          ...(at ? { related: [{ range: at, message: 'It is declared here' }] } : {}),
          fix: onbuild
            ? undefined
            : { title: 'Declare it in this stage', edits: [declaring(model, node, use.name, text)] },
        };
      }
    };
    return whereWordsExpand(visit);
  },
});

/** A variable where it is used. */
type Use = Range & { readonly name: string };

/** Whether it names the source of a mount, where no ARG helps. */
const isInFrom = (node: Instruction, { start }: Range): boolean =>
  node.kind === 'Run' &&
  node.flags.some(
    ({ value }) =>
      value &&
      value.start <= start &&
      start < value.end &&
      /(?:^|,)from=[^,]*$/.test(value.raw.slice(0, start - value.start)),
  );

/** A declaration that does not reach into the stage. */
interface Declared {
  readonly at: Range | undefined;
  /** What would declare it in the stage. */
  readonly text: string;
  readonly why: string;
}

const outside = (
  name: string,
  stage: StageInfo,
  model: Model,
  setters: () => ReadonlyMap<string, Setters>,
): Declared | undefined => {
  const bottom = bottomStage(stage);
  if (!setsOnlyPath(bottom.base) && mayBeOfBase(name, bottom)) return undefined;
  if (mayBeStage(bottom, model)) return undefined;
  const global = model.globals.bindings.get(name);
  if (global) {
    const at = global.node && declarationIn(global.node, name);
    const why = at
      ? 'an ARG above the first FROM does not reach into stages'
      : `a stage has it only below \`ARG ${name}\``;
    return { at, text: `ARG ${name}`, why };
  }
  if (!setsOnlyPath(bottom.base)) return undefined;
  const { firstArg } = setters().get(name) ?? {};
  const declaration = firstArg && firstArg.stage.index < stage.index ? declarationIn(firstArg.node, name) : undefined;
  if (!declaration) return undefined;
  const value = declaration.default?.text === undefined ? '' : `=${declaration.default.raw}`;
  return { at: declaration, text: `ARG ${name}${value}`, why: 'the ARG of another stage does not reach into this one' };
};

const declarationIn = (node: Instruction, name: string): ArgDeclaration | undefined =>
  node.kind === 'Arg' ? node.declarations.find((each) => each.name.text === name) : undefined;

const once = <T>(compute: () => T): (() => T) => {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
};

const OF_RUNTIMES =
  /^(?:NODE|NPM|YARN|PYTHON|GO|GOLANG|JAVA|JDK|JRE|RUBY|GEM|PHP|PERL|RUST|NGINX|PG|POSTGRES|MYSQL|MARIADB|REDIS|MONGO|DOTNET|ASPNET|MAVEN|GRADLE|TOMCAT|CATALINA|CUDA|NV|CUDNN|APACHE|HTTPD|ERLANG|OTP|ELIXIR|SWIFT|LLVM|GCC)_?(?:VERSION|MAJOR|HOME|ROOT|PATH|OPTS|DIR)$|^(?:GOPATH|LANG|HOME|LC_ALL|PYTHONPATH|LD_LIBRARY_PATH|APP_UID)$/;

/** Whether the base image may set it: images set the version of what they bring. */
const mayBeOfBase = (name: string, { base }: StageInfo): boolean => {
  if (OF_RUNTIMES.test(name)) return true;
  const image = base.kind === 'image' ? (base.reference?.repository ?? '') : '';
  const last = image.replace(/^.*\//, '').replace(/\W/g, '_').toUpperCase();
  return last !== '' && name.toUpperCase().startsWith(last);
};

const declaring = (model: Model, node: Instruction, name: string, text: string): Edit => {
  const own = declarationIn(node, name);
  const { default: value } = own ?? {};
  if (own && value && /^\$(\w+|\{\w+\})$/.test(value.raw)) return remove({ start: own.name.end, end: value.end });
  return insertInstructionBefore(model, node, text);
};
