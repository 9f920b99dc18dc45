import { diffArrays } from 'diff';
import { parse } from '../../src/ast/create.ts';
import type { Instruction, InstructionKind } from '../../src/ast/nodes.ts';
import { instructionView } from '../../src/cli/ast.ts';
import type { Rule } from '../../src/lint/index.ts';
import { planImage } from '../../src/model/plan.ts';
import { BASE } from './plan.ts';

/* What fixes change in a file as BuildKit reads it, and what they may. */

interface View {
  readonly kind: InstructionKind;
  /** What BuildKit's parser gives, without the lines. */
  readonly words: readonly string[];
}

const viewsOf = (text: string): readonly View[] =>
  parse(text).instructions.map((node) => {
    const { cmd, flags = [], json, args = [], heredocs = [] } = instructionView(node);
    return {
      kind: kindOf(node),
      words: [cmd.toUpperCase(), ...flags, ...(json ? ['(json)'] : []), ...args, ...heredocs],
    };
  });

/** What is changed in a trigger is changed as outside of it, and in the shell text of a CMD as in that of a RUN. */
const kindOf = (node: Instruction): InstructionKind => {
  if (node.kind === 'Onbuild') return kindOf(node.trigger);
  return 'command' in node && node.command?.kind === 'ShellForm' ? 'Run' : node.kind;
};

/** The kinds of the instructions that are in one text only, as BuildKit reads them. */
export const changedKinds = (before: string, after: string): ReadonlySet<InstructionKind> => {
  const [left, right] = [viewsOf(before), viewsOf(after)];
  return new Set([...missingIn(right, left), ...missingIn(left, right)]);
};

const missingIn = (there: readonly View[], views: readonly View[]): readonly InstructionKind[] => {
  const known = new Map<string, number>();
  for (const { words } of there) known.set(words.join('\0'), (known.get(words.join('\0')) ?? 0) + 1);
  return views.flatMap(({ kind, words }) => {
    const left = known.get(words.join('\0')) ?? 0;
    known.set(words.join('\0'), left - 1);
    return left > 0 ? [] : kind;
  });
};

/** The kinds of instruction that a rule's fix changes, as its examples show. */
export const kindsShownBy = ({ examples }: Rule): ReadonlySet<InstructionKind> =>
  new Set(examples.flatMap(({ bad, good }) => (bad && good ? [...changedKinds(bad, good)] : [])));

/** What a safe fix may put in (`+`) or take away (`-`) among the words that BuildKit reads; where a rule has none, nothing. */
const SAFE_WORDS: Readonly<Record<string, RegExp>> = {
  'add-instead-of-copy': /^(?:-ADD|\+COPY)$/,
  'apt-instead-of-apt-get': /^(?:-apt|\+apt-get|\+apt-cache|\+--with-new-pkgs)$/,
  'assume-yes-missing': /^\+(?:-y|-n|--noconfirm)$/,
  'backtick-substitution': /^(?:-.*`.*|\+.*[()].*)$/,
  'copy-relative-without-workdir': /^(?:-[^/].*|\+\/.*)$/,
  'expose-host-mapping': /^(?:-.*:.*|\+[\d${].*)$/,
  'expose-protocol-casing': /^[-+].*\/(?:tcp|udp|sctp)$/i,
  'from-as-casing': /^[-+]as$/i,
  'label-duplicate-key': /^-/,
  'legacy-key-value': /^\+=$/,
  'malformed-json-array': /^(?:\+\(json\)|-.*['"[\],“”].*|\+.*)$/,
  'overridden-instruction': /^-/,
  'package-cache-kept':
    /^(?:\+(?:&&|;|rm|-rf|\/var\/lib\/apt\/lists\/\*|clean|(?:--)?all|-afy|cache|--force|sudo|\S*(?:yum|dnf|zypper|npm|conda)|--no-cache(?:-dir)?)|-(?:apk|update|&&|;|-U|--update(?:-cache)?))$/,
  'redundant-platform': /^---platform=\$\{?TARGETPLATFORM\}?$/,
  'several-tests-in-one': /^[-+](?:\[|\]|-a|-o|&&|\|\|)$/,
  'shell-form-command': /^(?:\+\(json\)|-.*["'].*|\+.*)$/,
  'stage-by-number': /^(?:---from=\d+|\+--from=.*|\+AS|\+[\w-]+)$/,
  'stage-name-casing': /^[-+](?:--\w+=.*)?[\w.-]+$/,
  'stale-package-index': /^(?:-RUN|[-+](?:&&|sudo|apt|apt-get|update|-.*))$/,
  // In another order, as the test of formatting compares word by word.
  'unsorted-packages': /^[-+][^-]/,
  'useradd-without-l': /^\+-l$/,
  'wget-without-progress': /^\+-nv$/,
};

/** The words that no applied fix means to put in or take away. */
export const unmeantWords = (before: string, after: string, rules: ReadonlySet<string>): readonly string[] => {
  const meant = [...rules].flatMap((name) => SAFE_WORDS[name] ?? []);
  const changes = diffArrays([...wordsIn(before)], [...wordsIn(after)]);
  const words = changes.flatMap(({ added, removed, value }) =>
    added || removed ? value.map((word) => `${added ? '+' : '-'}${word}`) : [],
  );
  return words.filter((word) => !meant.some((pattern) => pattern.test(word)));
};

/** Of a value that the configuration tells, the quotes are left out. */
const wordsIn = (text: string): readonly string[] =>
  viewsOf(text).flatMap(({ kind, words }) =>
    words
      .flatMap((word) =>
        (VALUES.has(kind) ? word.replace(/["\\]/g, '') : word).split(/\s+|(?=;)|(?<=;)|(?<=\S)(?=&&)|(?<=&&)/),
      )
      .filter((word) => word !== ''),
  );

const VALUES: ReadonlySet<InstructionKind> = new Set(['Env', 'Label', 'Arg']);

/** The configuration of the image that each stage makes, or why it cannot be built. Texts of shells are left out if asked. */
export const configsOf = (text: string, hasCommands: boolean): readonly unknown[] =>
  parse(text).stages.map(({ end }) => {
    const plan = planImage(parse(text.slice(0, end)), { platform: 'linux/amd64', baseConfig: BASE });
    if ('refusal' in plan) return plan;
    const { env, labels, workdir, user, shell, cmd, entrypoint, healthcheck, stopsignal, onbuild } = plan.config;
    const sets = { ports: plan.config.ports.toSorted(), volumes: plan.config.volumes.toSorted() };
    const maps = { env: new Map(env), labels: new Map(labels) };
    const commands = hasCommands ? { cmd, entrypoint, healthcheck } : undefined;
    return { ...maps, ...sets, workdir, user, shell, stopsignal, onbuild: onbuild.length, ...commands };
  });

/** What holds of all line ends of a text: whether any is `\r\n`, any `\n` alone, and whether the last line has one. */
export const lineEndsIn = (text: string): readonly boolean[] => [
  text.includes('\r\n'),
  /(?<!\r)\n/.test(text),
  text.endsWith('\n'),
];
