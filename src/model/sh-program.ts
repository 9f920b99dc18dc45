import type { Instruction } from '../ast/nodes.ts';
import type { ShProgram } from '../shell/index.ts';
import { entryOf } from '../source/entry.ts';
import { instructionsBefore, stageChain } from './chain.ts';
import type { Model } from './index.ts';
import { officialName } from './known-images.ts';
import type { ImageReference } from './reference.ts';
import { bodyScript, commandIn } from './scripts.ts';
import { shebangProgram } from './shells.ts';
import { bottomStage, type StageInfo } from './stages.ts';

/** Who reads the shell text of an instruction. */
export interface ScriptReader {
  /** Whether it is started as `sh`; else the program is named. */
  readonly isSh: boolean;
  /** Undefined where the file does not tell what `sh` is in the image, or where it is none of these. */
  readonly program: ShProgram | undefined;
}

/** The shell that the `#!` line of a heredoc, or else SHELL, names, and what that is in the image. */
export const scriptReader = (model: Model, node: Instruction): ScriptReader => {
  const command = commandIn(node);
  const heredoc = command && bodyScript(node, command);
  return readerNamed((heredoc && shebangProgram(heredoc.content)) ?? shellName(model, node), model, node);
};

/** The same for the shell that SHELL names, whatever a heredoc's first line says. */
export const shellReader = (model: Model, node: Instruction): ScriptReader =>
  readerNamed(shellName(model, node), model, node);

const readerNamed = (name: string, model: Model, node: Instruction): ScriptReader => {
  if (name === 'sh') return { isSh: true, program: model.shProgramOf(node) };
  return { isSh: false, program: entryOf(PROGRAMS, name) };
};

const PROGRAMS: Readonly<Record<string, ShProgram>> = {
  bash: 'bash',
  dash: 'dash',
  ash: 'busybox',
  busybox: 'busybox',
};

const shellName = (model: Model, node: Instruction): string => {
  const { argv } = model.shellOf(node);
  const words = argv?.map((word) => word.replace(/^.*\//, '')) ?? [];
  const [first = 'sh', second = 'sh'] = words;
  return first === 'env' ? second : first;
};

/** A function that tells what `sh` is where an instruction runs. */
export const shProgramsIn = (model: Model): ((node: Instruction) => ShProgram | undefined) => {
  const known = new Map<StageInfo, ShProgram | undefined>();
  const mayReplace = model.file.text.includes('/bin/sh') || /dash/i.test(model.file.text);
  return (node) => {
    const stage = model.stageOf(node);
    if (!stage || (mayReplace && isReplaced(model, node))) return undefined;
    if (!known.has(stage)) known.set(stage, shOfStage(model, stage));
    return known.get(stage);
  };
};

/** The base image tells by its name, else the package manager that the file runs. */
const shOfStage = (model: Model, stage: StageInfo): ShProgram | undefined => {
  const { base } = bottomStage(stage.onbuildOf ?? stage);
  const known = base.kind === 'image' && base.reference ? shOfImage(base.reference) : undefined;
  return known ?? shOfPackages(model, stage);
};

/** Whether an instruction before it may have put another program in the place of `sh`. */
const isReplaced = (model: Model, node: Instruction): boolean =>
  instructionsBefore(model, node).some(({ start, end }) => REPLACED.test(model.file.text.slice(start, end)));

const REPLACED =
  /(?:\b(?:ln|mv)\b[^;&|\n]*|^(?:COPY|ADD)\b.*)\/bin\/sh["']?(?=[\s;&|\])]|$)|\bdpkg-(?:divert|reconfigure)\b.*\bdash|dash\/sh/im;

// Images ------------------------------------------------------------------------------------------------------------

const HINTS: readonly (readonly [words: RegExp, program: ShProgram])[] = [
  [/alpine|busybox|wolfi/, 'busybox'],
  [
    /(?:^|[/:_.-])(?:alt(?:linux)?|alma(?:linux)?|amzn|amazonlinux|al20\d\d|arch(?:linux)?|azurelinux|centos|fedora|leap|mageia|mariner|manylinux\w*|opensuse|oracle(?:linux)?|ol\d|photon|redhat|rhel|rocky(?:linux)?|sles?|tumbleweed|ubi)(?=$|[/:_.\d-])/,
    'bash',
  ],
  [
    /(?:^|[/:_.-])(?:debian|ubuntu|kali|kali-rolling|raspbian|buster|stretch|jessie|bullseye|bookworm|trixie|xenial|bionic|focal|jammy|noble|trusty)(?=$|[/:_.\d-])/,
    'dash',
  ],
];

const names = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

/** Official images that are Debian or Ubuntu where their tag does not say otherwise. */
const DEBIAN = names(`adoptopenjdk buildpack-deps cassandra clojure couchdb dart debian drupal eclipse-temurin elixir
  erlang gcc ghost golang gradle groovy haproxy haskell httpd influxdb joomla jruby julia mariadb maven memcached mongo
  mono neo4j nginx node odoo perl php postgres pypy python r-base rabbitmq redis redmine ros ruby rust sapmachine swift
  tomcat ubuntu wordpress`);
const BUSYBOX = names('alpine bash busybox caddy composer docker eclipse-mosquitto registry traefik');
const BASH = names(
  'almalinux amazoncorretto amazonlinux archlinux centos fedora mageia mysql oraclelinux photon rockylinux',
);

/** What `sh` is in the image, as far as its name tells. */
const shOfImage = (reference: ImageReference): ShProgram | undefined => {
  const text = `${reference.repository}:${reference.tag ?? ''}`.toLowerCase();
  const hints = new Set(HINTS.flatMap(([words, program]) => (words.test(text) ? [program] : [])));
  const [hint, another] = hints;
  if (hint) return another ? undefined : hint;
  const official = officialName(reference);
  if (official === undefined) return VENDORS.find(([pattern]) => pattern.test(text))?.[1];
  if (DEBIAN.has(official)) return 'dash';
  if (BUSYBOX.has(official)) return 'busybox';
  return BASH.has(official) ? 'bash' : undefined;
};

const VENDORS: readonly (readonly [name: RegExp, program: ShProgram])[] = [
  [/^(?:vscode\/)?devcontainers\//, 'dash'],
  [/^dotnet\/(?:core\/)?(?:sdk|aspnet|runtime|runtime-deps):(?!.*(?:chiseled|distroless))/, 'dash'],
];

// Package managers --------------------------------------------------------------------------------------------------

const FAMILIES: Readonly<Record<string, ShProgram>> = {
  'apt-get': 'dash',
  apt: 'dash',
  apk: 'busybox',
  dnf: 'bash',
  microdnf: 'bash',
  pacman: 'bash',
  tdnf: 'bash',
  yum: 'bash',
  zypper: 'bash',
};

/** A stage that runs the package manager of one family alone stands on an image of that family. */
const shOfPackages = (model: Model, stage: StageInfo): ShProgram | undefined => {
  const families = new Set<ShProgram>();
  for (const { node } of [stage, ...stageChain(stage.onbuildOf ?? stage)]) {
    for (const instruction of node.instructions) {
      if (instruction.kind !== 'Run') continue;
      for (const { name } of model.commandsOf(instruction)) {
        const family = name === undefined ? undefined : entryOf(FAMILIES, name);
        if (family) families.add(family);
      }
    }
  }
  const [family, another] = families;
  return another ? undefined : family;
};
