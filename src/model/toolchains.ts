import type { Run } from '../ast/nodes.ts';
import type { ShellCommand } from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import type { Language } from './builds.ts';
import { stageChain } from './chain.ts';
import type { Model } from './index.ts';
import { installOf, isRemoval, managerOf } from './packages.ts';
import { shellValue } from './shell-paths.ts';
import type { Base, StageInfo } from './stages.ts';

/** Tools to build with that are in an image. */
export interface Toolchain {
  /** The packages, or the base image. */
  readonly names: readonly string[];
  /** Those of them that compile, without headers and the like. */
  readonly compilers: readonly string[];
  readonly at: Range;
  readonly languages: readonly Language[];
  /** Whether they came with the base image. */
  readonly isBase: boolean;
}

/** The tools that a stage ends with: of its base image, or installed above and not removed. */
export const toolchainOf = (model: Model, stage: StageInfo): Toolchain | undefined => {
  const chain = stageChain(stage);
  const { base, node } = chain[0] ?? stage;
  const language = languageOfImage(base);
  if (!language || base.kind !== 'image' || !node.from) return installedIn(model, chain);
  const names = [base.text.replace(/@.*$/s, '')];
  return { names, compilers: names, at: node.from.image, languages: [language], isBase: true };
};

/** The language for whose tools the image is made. */
export const languageOfImage = (base: Base): Language | undefined => {
  if (base.kind !== 'image' || !base.reference || /windows|nanoserver/i.test(base.text)) return undefined;
  const { repository, tag = '' } = base.reference;
  return IMAGES.find(([name, , without]) => name.test(repository) && !without?.test(tag))?.[1];
};

const IMAGES: readonly (readonly [repository: RegExp, language: Language, withoutTag?: RegExp])[] = [
  [/(?:^|\/)golang$/, 'go'],
  [/(?:^|\/)rust$/, 'rust'],
  [/(?:^|\/)(?:gcc|haskell)$|^crystallang\/crystal$|^nimlang\/nim$/, 'native'],
  [/(?:^|\/)buildpack-deps$/, 'native', /curl|scm/],
  [/(?:^|\/)swift$/, 'native', /slim/],
  [/(?:^|\/)(?:maven|gradle|clojure|scala-sbt)$/, 'java'],
  [/(?:^|\/)(?:openjdk|java|eclipse-temurin|amazoncorretto|sapmachine|zulu-openjdk)$/, 'java', /jre|headless/],
  [/^dotnet\/(?:core\/)?sdk$|^microsoft\/aspnetcore-build$/, 'dotnet'],
  [/^microsoft\/dotnet$/, 'dotnet', /runtime/],
];

// Installed ---------------------------------------------------------------------------------------------------------

interface Tool extends Range {
  readonly name: string;
  readonly language: Language | undefined;
}

const installedIn = (model: Model, chain: readonly StageInfo[]): Toolchain | undefined => {
  const tools: Tool[] = [];
  for (const node of chain.flatMap((stage) => stage.node.instructions)) {
    if (node.kind !== 'Run') continue;
    const commands = model.commandsOf(node);
    // What is removed in a layer of its own is another matter.
    if (tools.length > 0 && commands.some(isSystemRemoval)) return undefined;
    const installed = commands.flatMap((command) => toolsOf(model, node, command));
    if (!commands.some(isSystemRemoval)) tools.push(...installed);
  }
  const languages = [...new Set(tools.flatMap(({ language }) => language ?? []))];
  const [first] = tools.filter(({ language }) => language);
  if (!first) return undefined;
  const ordered = tools.toSorted((a, b) => Number(a.language === undefined) - Number(b.language === undefined));
  const compilers = tools.filter(({ language }) => language);
  return { names: namesOf(ordered), compilers: namesOf(compilers), at: first, languages, isBase: false };
};

const namesOf = (tools: readonly Tool[]): readonly string[] => [...new Set(tools.map(({ name }) => name))];

const isSystemRemoval = (command: ShellCommand): boolean => isRemoval(command) && managerOf(command)?.kind === 'system';

const toolsOf = (model: Model, node: Run, command: ShellCommand): readonly Tool[] => {
  const install = installOf(command);
  if (install?.manager.kind !== 'system') return fetched(command);
  return install.packages.flatMap((word) => {
    const names = shellValue(model, node, word)?.trim().split(/\s+/) ?? [];
    return names.flatMap((name) => {
      const language = PACKAGES.find(([pattern]) => pattern.test(plainName(name)))?.[1];
      return language || LIBRARY.test(plainName(name))
        ? { name: plainName(name), language, start: word.start, end: word.end }
        : [];
    });
  });
};

/** Without version and repository: `gcc=4:12.2` and `gcc@edge` are `gcc`. */
const plainName = (name: string): string => name.replace(/(?<=.)[=<>~@:].*$/s, '');

const PACKAGES: readonly (readonly [name: RegExp, language: Language])[] = [
  [/^(?:build-essential|build-base|alpine-sdk|base-devel|Development Tools|@development.*)$/i, 'native'],
  [
    /^(?:gcc|g\+\+|clang|gfortran|gcc-fortran|gcc-gfortran)(?:-[\d.]+)?$|^(?:gcc-c\+\+|libc6-dev|musl-dev|cmake|ghc)$/,
    'native',
  ],
  [/^(?:golang|go)(?:-[\d.]+)?(?:-go)?$/, 'go'],
  [/^(?:cargo|rust|rustc|rustup)(?:-[\d.]+)?$/, 'rust'],
  [
    /^(?:maven|gradle|ant|sbt|default-jdk(?:-headless)?|openjdk-?\d+(?:-jdk(?:-headless)?)?|java-.*-openjdk-devel|jdk.*)$/,
    'java',
  ],
  [/^dotnet-sdk-.*$/, 'dotnet'],
];

/** What only builds need beside the compilers. */
const LIBRARY =
  /^(?:make|automake|autoconf|libtool|pkg-config|pkgconf|pkgconfig|ninja|ninja-build|samurai|meson|bison|flex|nasm|yasm|swig|linux-headers|.*-dev|.*-devel)$/;

/** A compiler that is loaded from its makers. */
const fetched = (command: ShellCommand): readonly Tool[] => {
  const { name, start, end } = command;
  if (name !== 'curl' && name !== 'wget') return [];
  for (const { text = '', raw } of command.operands) {
    if (/sh\.rustup\.rs/.test(text || raw)) return [{ name: 'rustup', language: 'rust', start, end }];
    if (/\bgo\d[\w.$]*\.linux-/.test(text || raw)) return [{ name: 'go', language: 'go', start, end }];
  }
  return [];
};
