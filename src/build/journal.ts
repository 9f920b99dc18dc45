import type { Instruction } from '../ast/nodes.ts';
import type { Model } from '../model/index.ts';
import type { StageInfo } from '../model/stages.ts';
import { digestOf, hexOf } from '../oci/image.ts';
import { isKeyParts, type KeyParts, markOfText } from './key-parts.ts';
import { changeBetween, type Reason } from './reasons.ts';
import { readJson, sizeAt, writeWhole } from './small-files.ts';
import type { Store } from './store.ts';

/** What earlier builds of a file have made of its steps, kept to say why a step is built again. */
export interface Journal {
  reason(step: StepPlace, made: StepMade): Reason;
  /** `isNew`: the step was made, and not taken from the cache. */
  note(step: StepPlace, made: Omit<StepMade, 'lineOf'>, isNew: boolean): void;
  save(): void;
}

/** A step among the others of its stage. */
export interface StepPlace {
  readonly stage: string;
  /** Marks of the texts of all steps that make layers. */
  readonly texts: readonly string[];
  readonly at: number;
  readonly keyword: string;
}

/** A step with what its key was made of. */
export interface StepMade {
  readonly key: string;
  /** Undefined where nobody has looked. */
  readonly parts: (() => KeyParts) | undefined;
  /** The line of the step that made a layer below. */
  readonly lineOf: (layer: number) => number | undefined;
}

/** For each stage its steps in order, each as the mark of its text and its key. */
type Index = Readonly<Record<string, readonly Noted[]>>;
type Noted = readonly [text: string, key: string];

/** `name` is what the file is known by. */
export const openJournal = (store: Store, name: string): Journal => {
  const path = store.path('records', 'files', hexOf(digestOf(name)));
  let known: Index | undefined;
  const index = (): Index => {
    known ??= indexIn(readJson<unknown>(path));
    return known;
  };
  const fresh = new Map<string, (Noted | undefined)[]>();
  return {
    reason: (step, made) => reasonFor(store, lastOf(index()[step.stage] ?? [], step), step, made),
    note(step, { key, parts }, isNew) {
      const noted: Noted = [step.texts[step.at] ?? '', key];
      const stage = fresh.get(step.stage) ?? new Array<Noted | undefined>(step.texts.length);
      fresh.set(step.stage, stage);
      stage[step.at] = noted;
      const isOther = index()[step.stage]?.[step.at]?.[1] !== key;
      const place = recordPath(store, key);
      if (parts && (isNew || isOther) && sizeAt(place) === undefined)
        kept(() => writeWhole(place, JSON.stringify(parts())));
    },
    save() {
      const merged = { ...index() };
      for (const [stage, steps] of fresh) merged[stage] = withOlder(steps, index()[stage] ?? []);
      const text = JSON.stringify(merged);
      if (text !== JSON.stringify(index())) kept(() => writeWhole(path, text));
    },
  };
};

/** What cannot be kept is not told of next time; nothing else depends on it. */
const kept = (write: () => void): void => {
  try {
    write();
  } catch {}
};

/** What was damaged tells nothing. */
const indexIn = (value: unknown): Index => {
  if (typeof value !== 'object' || value === null) return {};
  const index: Record<string, readonly Noted[]> = {};
  for (const [stage, steps] of Object.entries(value)) if (Array.isArray(steps)) index[stage] = steps.filter(isNoted);
  return index;
};

const isNoted = (value: unknown): value is Noted =>
  Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string');

const recordPath = (store: Store, key: string): string => store.path('records', 'steps', key.slice(0, 2), key.slice(2));

/** A build that failed says nothing of the steps that it did not come to. */
const withOlder = (steps: readonly (Noted | undefined)[], older: readonly Noted[]): readonly Noted[] =>
  Array.from({ length: steps.length }, (_, at) => steps[at] ?? older[at] ?? ['', '']);

/** The same step of the last build: that of the same text, or that which stood in its place and is there no more. */
const lastOf = (steps: readonly Noted[], { texts, at }: StepPlace): Noted | undefined => {
  const text = texts[at];
  const number = texts.slice(0, at).filter((each) => each === text).length;
  const same = steps.filter(([each]) => each === text)[number];
  if (same) return same;
  const inPlace = steps[at];
  return inPlace && !texts.includes(inPlace[0]) ? inPlace : undefined;
};

const reasonFor = (store: Store, last: Noted | undefined, step: StepPlace, made: StepMade): Reason => {
  const { keyword } = step;
  const { key, parts, lineOf } = made;
  if (!last || last[1] === '') return { kind: 'first', text: `${keyword}: not built here before` };
  if (last[0] !== step.texts[step.at]) return { kind: 'instruction', text: `${keyword}: the instruction changed` };
  if (last[1] === key) return { kind: 'pruned', text: `${keyword}: its layer is no longer in the cache` };
  const before = readJson<unknown>(recordPath(store, last[1]));
  if (!isKeyParts(before) || !parts)
    return { kind: 'unknown', text: `${keyword}: what it read last is not known any more` };
  return changeBetween(keyword, before, parts(), lineOf);
};

/** Where the steps of a stage stand among one another. */
export const stepPlaces = (
  model: Model,
  { name, index }: StageInfo,
  instructions: readonly Instruction[],
): ((node: Instruction) => StepPlace) => {
  const steps = instructions.filter(({ kind }) => MAKING.has(kind));
  const texts = steps.map((node) => markOfText(model, node));
  const stage = name ?? `stage-${index}`;
  return (node) => ({ stage, texts, at: steps.indexOf(node), keyword: node.keyword.text.toUpperCase() });
};

const MAKING: ReadonlySet<string> = new Set<Instruction['kind']>(['Run', 'Copy', 'Add', 'Workdir']);
