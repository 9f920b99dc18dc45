import { flagValue } from '../ast/flag-value.ts';
import { readFields } from '../ast/mount.ts';
import type { Copy, Flag, From, Iechorfile, Instruction, Run, Stage } from '../ast/nodes.ts';
import { nearest } from '../source/nearest.ts';
import type { Range } from '../source/range.ts';
import { expand } from './expand.ts';
import { wholePlatform } from './platforms.ts';
import { type ImageReference, readReference } from './reference.ts';
import { environmentOf, type Scope } from './scope.ts';

/** What a stage starts from. `unknown`: a variable decides it that the file gives no value, or there is no FROM. */
export type Base =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly stage: StageInfo }
  | { readonly kind: 'image'; readonly text: string; readonly reference: ImageReference | undefined }
  | { readonly kind: 'unknown' };

/** A stage with its place in the build graph. */
export interface StageInfo {
  readonly node: Stage;
  /** Counted from 0 over the stages that have a FROM; -1 for what stands before the first one. */
  readonly index: number;
  /** In lower case; undefined when it has no name. */
  readonly name: string | undefined;
  readonly base: Base;
  /** What `--platform` of its FROM says; undefined where that is not there, or not known. */
  readonly platform: string | undefined;
  /** The first of the stages that it is built on by FROM; undefined where it is built on an image. */
  readonly below: StageInfo | undefined;
  /** Stages and images that it takes from, its own FROM first. */
  readonly references: readonly Reference[];
  /** The stage from which the triggers of an ONBUILD stage inherit; undefined for a stage of the file. */
  readonly onbuildOf: StageInfo | undefined;
}

/** A FROM, `COPY --from` or `--mount=from=` and what it means. */
export interface Reference {
  readonly kind: 'from' | 'copy' | 'mount';
  readonly node: From | Copy | Run;
  readonly at: Range;
  /** As written, variables expanded where BuildKit expands them; undefined when unknown. */
  readonly text: string | undefined;
  /** The stage that is meant; a later one and the own one included, which BuildKit refuses. */
  readonly stage: StageInfo | undefined;
  /** A number that counts no stage. */
  readonly outOfRange: boolean;
}

/** The stages of a file with their references resolved. */
export const stagesOf = (file: Iechorfile, globals: Scope): readonly StageInfo[] => {
  const infos: Draft[] = [];
  const first = file.stages[0]?.from || isBroken(file.stages[0]) ? 0 : -1;
  const named = new Map<string, StageInfo[]>();
  for (const [place, node] of file.stages.entries()) {
    const base = baseOf(node.from, named, globals);
    const info = stageInfo(node, first + place, base, platformIn(node.from, globals));
    infos.push(info);
    if (info.name === undefined) continue;
    const namesakes = named.get(info.name);
    if (namesakes) namesakes.push(info);
    else named.set(info.name, [info]);
  }
  const known: KnownStages = { named, byIndex: (index) => (index < 0 ? undefined : infos[index - first]) };
  for (const info of infos) info.references = referencesOf(info, known, globals);
  return infos;
};

type Draft = { -readonly [K in keyof StageInfo]: StageInfo[K] };

const stageInfo = (node: Stage, index: number, base: Base, platform: string | undefined): Draft => ({
  node,
  index,
  name: node.from?.name?.text.toLowerCase(),
  base,
  platform,
  below: base.kind === 'stage' ? bottomStage(base.stage) : undefined,
  references: [],
  onbuildOf: undefined,
});

interface KnownStages {
  readonly named: ReadonlyMap<string, readonly StageInfo[]>;
  readonly byIndex: (index: number) => StageInfo | undefined;
}

const isBroken = (stage: Stage | undefined): boolean => stage?.instructions[0]?.keyword.text.toLowerCase() === 'from';

const baseOf = (from: From | undefined, before: KnownStages['named'], globals: Scope): Base => {
  const { value } = from ? expand(from.image.parts, environmentOf(globals)) : { value: undefined };
  if (value === undefined || value === '') return { kind: 'unknown' };
  // Exactly the stored name, which is lower case: `FROM B` does not find `AS b`.
  const stage = before.get(value)?.at(-1);
  if (stage) return { kind: 'stage', stage };
  if (value === 'scratch') return { kind: 'scratch' };
  return { kind: 'image', text: value, reference: readReference(value) };
};

const platformIn = (from: From | undefined, globals: Scope): string | undefined => {
  const flag = from?.flags.find(({ name }) => name.text === 'platform');
  const value = flag?.value && expand(flag.value.parts, environmentOf(globals)).value;
  return value ? wholePlatform(value) : undefined;
};

const referencesOf = (info: StageInfo, known: KnownStages, globals: Scope): readonly Reference[] => {
  const references: Reference[] = [];
  const { from } = info.node;
  if (from) {
    const { value } = expand(from.image.parts, environmentOf(globals));
    const stage = info.base.kind === 'stage' ? info.base.stage : undefined;
    references.push({ kind: 'from', node: from, at: from.image, text: value, stage, outOfRange: false });
  }
  for (const node of info.node.instructions) {
    for (const reference of referencesIn(node, info, known)) references.push(reference);
  }
  return references;
};

const referencesIn = (node: Instruction, info: StageInfo, known: KnownStages): readonly Reference[] => {
  if (node.kind === 'Onbuild') return referencesIn(node.trigger, info, known);
  if (node.kind !== 'Copy' && node.kind !== 'Run') return [];
  const references: Reference[] = [];
  for (const flag of node.flags) {
    const text = node.kind === 'Copy' ? copyFrom(flag) : mountFrom(flag);
    if (!text) continue;
    const at = flag.value ?? flag;
    const kind = node.kind === 'Copy' ? 'copy' : 'mount';
    references.push({ kind, node, at, text, ...resolve(text, kind, info, known) });
  }
  return references;
};

const copyFrom = (flag: Flag): string | undefined => (flag.name.text === 'from' ? flagValue(flag) : undefined);

const mountFrom = (flag: Flag): string | undefined => {
  if (flag.name.text !== 'mount') return undefined;
  const fields = readFields(flagValue(flag) ?? '');
  if (typeof fields === 'string') return undefined;
  return fields.findLast(({ key }) => key === 'from')?.value;
};

const resolve = (
  text: string,
  kind: 'copy' | 'mount',
  info: StageInfo,
  known: KnownStages,
): Pick<Reference, 'stage' | 'outOfRange'> => {
  if (kind === 'copy' && /^[+-]?\d+$/.test(text)) {
    const stage = known.byIndex(Number(text));
    return { stage, outOfRange: !stage };
  }
  const named = known.named.get(text.toLowerCase());
  // A stage that is defined before this one is meant first, then any other.
  const stage = named?.findLast(({ index }) => index < info.index) ?? named?.[0];
  return { stage, outOfRange: false };
};

/** The first of the stages that a stage is built on by FROM, itself where it is built on an image. */
export const bottomStage = (stage: StageInfo): StageInfo => stage.below ?? stage;

/** A stage and those it is built on by FROM, itself first; for the triggers of ONBUILD instructions their stage comes next. */
export const baseChain = (stage: StageInfo): readonly StageInfo[] => {
  const chain: StageInfo[] = [];
  for (let next: StageInfo | undefined = stage; next; next = parentOf(next)) chain.push(next);
  return chain;
};

/** What a stage takes its first state from, where that is another stage of the file. */
export const parentOf = ({ onbuildOf, base }: StageInfo): StageInfo | undefined =>
  onbuildOf ?? (base.kind === 'stage' ? base.stage : undefined);

/** The platform of a stage, where it is another than that of the build: what it is built on decides. */
export const platformOfStage = (stage: StageInfo): string | undefined => (baseChain(stage).at(-1) ?? stage).platform;

/** What the image below a stage is known by: the name in FROM, with the platform where that says one. */
export const imageKey = (text: string, platform: string | undefined): string =>
  platform === undefined ? text : `${text} ${platform}`;

/** The stage that is built: the one of that name in any case, or the last. */
export const targetOf = (stages: readonly StageInfo[], target: string | undefined): StageInfo | undefined =>
  target === undefined ? stages.at(-1) : stages.findLast(({ name }) => name === target.toLowerCase());

/** What is said of a stage that is not there. */
export const missingStage = (wanted: string, stages: readonly StageInfo[]): string => {
  const names = stages.flatMap(({ name }) => name ?? []);
  const near = nearest(wanted, names);
  const others = names.length > 0 ? `there is ${names.join(', ')}` : 'none has a name';
  return `there is no stage \`${wanted}\`${near === undefined ? '' : ` (did you mean \`${near}\`?)`}; ${others}`;
};

/** The stages that the target is built from, itself included. */
export const reachedFrom = (target: StageInfo): ReadonlySet<StageInfo> => {
  const reached = new Set([target]);
  for (const info of reached) {
    for (const { stage } of info.references) if (stage) reached.add(stage);
    if (info.onbuildOf) reached.add(info.onbuildOf);
  }
  return reached;
};
