import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import type { Word } from '../ast/words.ts';
import type { Range } from '../source/range.ts';
import type { Model } from './index.ts';
import type { Reference, StageInfo } from './stages.ts';

/** The name alone in a reference: in a mount what follows `from=`. Undefined where it is quoted or broken over lines. */
export const nameRangeOf = (file: Iechorfile, { kind, at, text }: Reference): Range | undefined => {
  if (text === undefined) return undefined;
  const written = file.text.slice(at.start, at.end);
  if (kind !== 'mount') return written === text ? { start: at.start, end: at.end } : undefined;
  const found = written.lastIndexOf(`from=${text}`);
  if (found < 0 || (found > 0 && written[found - 1] !== ',')) return undefined;
  const start = at.start + found + 'from='.length;
  return { start, end: start + text.length };
};

/** What the stage itself takes by FROM, COPY and mounts; the triggers of its ONBUILD instructions left out. */
export const ownReferences = (stage: StageInfo): readonly Reference[] => {
  // Most stages take nothing but by FROM.
  if (stage.references.length <= (stage.node.from ? 1 : 0)) return stage.references;
  const triggers = new Set<Instruction>();
  for (const node of stage.node.instructions) if (node.kind === 'Onbuild') triggers.add(node.trigger);
  return triggers.size === 0 ? stage.references : stage.references.filter(({ node }) => !triggers.has(node));
};

/** What it takes from images; in triggers what no stage of the file that builds on the image can be called. */
export const imageReferences = (stage: StageInfo): readonly NamedReference[] => {
  const own = ownReferences(stage);
  if (own === stage.references) return own.every(namesImage) ? own : own.filter(namesImage);
  return stage.references.filter(namesImage).filter((each) => own.includes(each) || /[/:]/.test(each.text));
};

/** A reference of which the text is known. */
interface NamedReference extends Reference {
  readonly text: string;
}

/** Whether it is no stage, no number of one, and not nothing. */
const namesImage = (each: Reference): each is NamedReference =>
  !each.stage && !!each.text && each.text !== 'scratch' && !/^\d+$/.test(each.text);

/** Whether build arguments, set to whatever, could make the word be that name: each variable stands for any text. */
export const canMean = (word: Word, name: string): boolean => {
  if (word.text !== undefined) return word.text === name;
  const pieces = piecesOf(word);
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (first.length + last.length > name.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= name.length - last.length;
};

/** Whether a variable in its FROM chooses one of the file's stages, as in `FROM base-$TARGETARCH`. */
export const mayBeStage = ({ base, node: { from } }: StageInfo, { stages }: Model): boolean =>
  base.kind === 'unknown' &&
  from !== undefined &&
  from.image.parts.some(({ kind }) => kind === 'Literal') &&
  // Among so many one will do.
  (stages.length > MANY || stages.some(({ name }) => name !== undefined && canMean(from.image, name)));

const MANY = 500;

/** The plain text before, between and after what is not plain. */
const piecesOf = ({ parts }: Word): readonly string[] => {
  const pieces = [''];
  for (const part of parts) {
    if (part.kind === 'Literal') pieces.push((pieces.pop() ?? '') + part.value);
    else pieces.push('');
  }
  return pieces;
};
