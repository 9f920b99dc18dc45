import type { Model } from './index.ts';
import { isOfficialImage } from './official-images.ts';
import { isSlip, nearestName } from './slips.ts';
import type { Reference, StageInfo } from './stages.ts';

/** The stage that a name was probably meant to find, where it finds none; undefined where an image may be meant. */
export type MeantStages = (reference: Reference, taker: StageInfo) => StageInfo | undefined;

/** What is asked of every reference, worked out once for a file. */
export const meantStages = (model: Model): MeantStages => {
  const byName = new Map<string, StageInfo>();
  for (const stage of model.stages) if (stage.name && !byName.has(stage.name)) byName.set(stage.name, stage);
  const unused = model.stages.filter((stage) => model.referencesTo(stage).length === 0 && stage !== model.final);
  const known: Known = {
    byName,
    unnamed: unused.filter(({ name, node }) => !name && node.instructions.length > 0),
    unused: new Set(unused),
  };
  return (reference, taker) => {
    const { kind, text, stage } = reference;
    if (stage || text === undefined || !/^\w[\w.-]*$/.test(text) || isOfficialImage(text)) return undefined;
    if (kind === 'from') return taker.base.kind === 'image' ? byFrom(text, taker, known) : undefined;
    return /^\d+$/.test(text) ? undefined : bySource(text, taker, known);
  };
};

/** Stages in their order. */
interface Known {
  /** The first of each name. */
  readonly byName: ReadonlyMap<string, StageInfo>;
  /** Without a name, and nothing takes from them. */
  readonly unnamed: readonly StageInfo[];
  /** Nothing takes from them. */
  readonly unused: ReadonlySet<StageInfo>;
}

/** FROM finds names in lower case alone, and only further up. */
const byFrom = (text: string, taker: StageInfo, { byName }: Known): StageInfo | undefined => {
  const same = byName.get(text.toLowerCase());
  return same && same !== taker ? same : nearAbove(text, taker, byName);
};

const bySource = (text: string, taker: StageInfo, known: Known): StageInfo | undefined =>
  nearAbove(text, taker, known.byName) ??
  otherForm(text, taker, known) ??
  // One stage above has no name, and nothing takes from it.
  (/^[a-z]/.test(text) ? singleAbove(known.unnamed, taker) : undefined);

const ENDINGS = ['s', 'r', 'er', 'd', 'ed', 'ing'];

/** An unused stage that has another form of the word for its name, such as `builder` where the text is `build`. */
const otherForm = (text: string, taker: StageInfo, { byName, unused }: Known): StageInfo | undefined => {
  if (text.length < 4) return undefined;
  const stems = ENDINGS.filter((ending) => text.endsWith(ending)).map((ending) => text.slice(0, -ending.length));
  const forms = [...stems.filter((stem) => stem.length > 3), ...ENDINGS.map((ending) => text + ending)];
  const found = forms.flatMap((form) => byName.get(form.toLowerCase()) ?? []).filter((stage) => unused.has(stage));
  return singleAbove(found, taker);
};

const nearAbove = (text: string, taker: StageInfo, byName: Known['byName']): StageInfo | undefined => {
  const near = text.length > 3 ? nearestName(text, namesAbove(taker, byName)) : undefined;
  return near !== undefined && isNear(text, near) ? byName.get(near) : undefined;
};

const namesAbove = function* ({ index }: StageInfo, byName: Known['byName']): Iterable<string> {
  for (const [name, stage] of byName) {
    if (stage.index >= index) return;
    yield name;
  }
};

const singleAbove = ([first, second]: readonly StageInfo[], { index }: StageInfo): StageInfo | undefined =>
  first && first.index < index && !(second && second.index < index) ? first : undefined;

/** `php84` beside `php85` is no slip of the pen, nor are short words that share some letters. */
const isNear = (text: string, name: string): boolean =>
  isSlip(text, name) || (text.length > 5 && withoutDigits(text) !== withoutDigits(name));

const withoutDigits = (text: string): string => text.replace(/\d+/g, '');
