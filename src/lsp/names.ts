import { type Model, nameRangeOf, type StageInfo } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import type { OpenFile } from './open-file.ts';
import { type Mention, variableTable } from './variables.ts';

/** A name in the text that may be followed: of a stage, or of a variable. */
export type NameAt =
  | { readonly kind: 'stage'; readonly name: string; readonly range: Range; readonly stage: StageInfo }
  | { readonly kind: 'variable'; readonly name: string; readonly range: Range; readonly mention: Mention };

/** A place where a name stands. */
export interface Occurrence extends Range {
  readonly isDefinition: boolean;
}

export const nameAt = ({ model }: OpenFile, offset: number): NameAt | undefined =>
  stageAt(model, offset) ?? variableAt(model, offset);

/** The end counts: there the cursor stands when a word has just been written. */
const holds = (range: Range | undefined, offset: number): range is Range =>
  range !== undefined && range.start <= offset && offset <= range.end;

const stageAt = (model: Model, offset: number): NameAt | undefined => {
  for (const stage of model.stages) {
    const own = stage.node.from?.name;
    if (own && holds(own, offset)) return { kind: 'stage', name: own.text, range: own, stage };
    for (const reference of stage.references) {
      const range = reference.stage && nameRangeOf(model.file, reference);
      if (reference.stage && holds(range, offset))
        return { kind: 'stage', name: reference.text ?? '', range, stage: reference.stage };
    }
  }
  return undefined;
};

const variableAt = (model: Model, offset: number): NameAt | undefined => {
  const mention = variableTable(model).mentions.find((each) => holds(each, offset));
  return mention && { kind: 'variable', name: mention.name, range: mention, mention };
};

/** Where the name is given: of a stage its FROM, of a variable its ENV or ARG. */
export const definitionOf = ({ model }: OpenFile, name: NameAt): Range | undefined => {
  if (name.kind === 'stage') return name.stage.node.from?.name ?? name.stage.node.from;
  return variableTable(model).settingOf(name.mention);
};

/** Every place of the name, in order. */
export const occurrencesOf = ({ model }: OpenFile, name: NameAt): readonly Occurrence[] => {
  const places = name.kind === 'stage' ? stagePlaces(model, name.stage) : variablePlaces(model, name.mention);
  return places.toSorted((a, b) => a.start - b.start);
};

const stagePlaces = (model: Model, stage: StageInfo): readonly Occurrence[] => {
  const own = stage.node.from?.name;
  const places: Occurrence[] = own ? [{ start: own.start, end: own.end, isDefinition: true }] : [];
  for (const reference of model.referencesTo(stage)) {
    const range = nameRangeOf(model.file, reference);
    if (range) places.push({ ...range, isDefinition: false });
  }
  return places;
};

const variablePlaces = (model: Model, mention: Mention): readonly Occurrence[] =>
  variableTable(model)
    .together(mention)
    .map(({ start, end, isSetting }) => ({ start, end, isDefinition: isSetting }));
