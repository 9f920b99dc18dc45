import type { From } from '../ast/nodes.ts';
import type { Range } from '../source/range.ts';
import { expand } from './expand.ts';
import { platformRefusal } from './platforms.ts';
import { readReference } from './reference.ts';
import { environmentOf, type Scope } from './scope.ts';
import type { Reference, StageInfo } from './stages.ts';

/** A base or a reference that BuildKit refuses, in its words. */
export interface GraphRefusal extends Range {
  readonly message: string;
}

/**
 * In the order in which BuildKit meets them: names of bases, references between stages, names of images, and in the
 * stages that are built what they take from later ones.
 */
export const graphRefusals = (
  stages: readonly StageInfo[],
  globals: Scope,
  built: ReadonlySet<StageInfo>,
): readonly GraphRefusal[] => [
  ...stages.flatMap((stage) => baseNameRefusal(stage, globals) ?? []),
  ...stages.flatMap((stage) => stage.references.flatMap((reference) => referenceRefusal(reference, stage) ?? [])),
  ...stages.flatMap((stage) => imageRefusal(stage) ?? []),
  ...Array.from(built).flatMap((stage) =>
    stage.references.flatMap((reference) => orderRefusal(reference, stage) ?? []),
  ),
];

const refuse = ({ start, end }: Range, message: string): GraphRefusal => ({ start, end, message });

const baseNameRefusal = ({ node: { from } }: StageInfo, globals: Scope): GraphRefusal | undefined => {
  if (!from) return undefined;
  const { value, error } = expand(from.image.parts, environmentOf(globals));
  if (error) return refuse(from.image, `failed to process "${from.image.raw}": ${error}`);
  if (value === '') return refuse(from.image, `base name (${from.image.raw}) should not be blank`);
  return platformFlagRefusal(from, globals);
};

const platformFlagRefusal = ({ flags }: From, globals: Scope): GraphRefusal | undefined => {
  const flag = flags.find(({ name }) => name.text === 'platform');
  if (!flag?.value) return undefined;
  const { value, error } = expand(flag.value.parts, environmentOf(globals));
  if (error) return refuse(flag, `failed to process "${flag.value.raw}": ${error}`);
  if (value === '') return refuse(flag, `empty platform value from expression ${flag.value.raw}`);
  const refusal = value === undefined ? undefined : platformRefusal(value);
  return refusal ? refuse(flag, refusal) : undefined;
};

const referenceRefusal = (reference: Reference, stage: StageInfo): GraphRefusal | undefined => {
  const { at, text } = reference;
  if (reference.outOfRange) return refuse(at, `invalid stage index ${text}`);
  if (reference.kind === 'from') return undefined;
  if (reference.stage === stage)
    return refuse(at, `circular dependency detected on stage: ${stage.name ?? stage.index}`);
  if (reference.stage || !text || readReference(text)) return undefined;
  return refuse(at, text.includes('$') ? `${unreadable(text)}: ${NO_VARIABLES}` : unreadable(text));
};

const NO_VARIABLES = 'it may have no variables; a stage of its own, FROM that image, may';

const orderRefusal = ({ at, stage: wanted }: Reference, stage: StageInfo): GraphRefusal | undefined =>
  wanted && wanted.index > stage.index ? refuse(at, laterStage(wanted, stage)) : undefined;

const laterStage = (wanted: StageInfo, current: StageInfo): string =>
  `cannot copy from stage "${nameOf(wanted)}", it needs to be defined before current stage "${nameOf(current)}"`;

const nameOf = ({ name, index }: StageInfo): string => name ?? String(index);

const imageRefusal = ({ base, node }: StageInfo): GraphRefusal | undefined =>
  base.kind === 'image' && !base.reference && node.from ? refuse(node.from.image, unreadable(base.text)) : undefined;

const unreadable = (text: string): string => `failed to parse stage name "${text}": invalid reference format`;
