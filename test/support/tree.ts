import { expect } from 'vitest';
import type { Iechorfile, Instruction } from '../../src/ast/nodes.ts';

interface Ranged {
  readonly start: number;
  readonly end: number;
}

/** Every range of a tree lies in the text, and that of a node in that of the node it belongs to. */
export const expectNested = (file: Iechorfile): void => {
  const whole = { start: 0, end: file.text.length };
  for (const each of [...file.directives, ...file.comments, ...file.emptyContinuations, ...file.problems]) {
    expectInside(each, whole);
  }
  for (const stage of file.stages) {
    expectInside(stage, whole);
    for (const node of [...(stage.from ? [stage.from] : []), ...stage.instructions]) expectInside(node, stage);
  }
  let at = 0;
  for (const node of file.instructions) {
    expect(node.start, 'instructions follow one another').toBeGreaterThanOrEqual(at);
    at = node.end;
    expectInside(node, whole);
    expectInstruction(node);
  }
};

const expectInstruction = (node: Instruction): void => {
  const { comments, ...own } = node;
  for (const comment of comments) expect(comment.end).toBeLessThanOrEqual(node.start);
  for (const value of Object.values(own)) expectBelow(value, node);
};

/** Any value of a node: where it has a range it is held against the nearest one above. */
const expectBelow = (value: unknown, parent: Ranged): void => {
  if (typeof value !== 'object' || value === null) return;
  const own = isRanged(value) ? value : parent;
  if (own !== parent) expectInside(own, parent);
  for (const [key, inner] of Object.entries(value)) {
    // A heredoc's body stands below the line that names it.
    if (key !== 'body' && key !== 'terminator' && key !== 'heredoc') expectBelow(inner, own);
  }
};

const isRanged = (value: object): value is Ranged =>
  'start' in value && 'end' in value && typeof value.start === 'number' && typeof value.end === 'number';

const expectInside = ({ start, end }: Ranged, outer: Ranged): void => {
  if (outer.start <= start && start <= end && end <= outer.end) return;
  expect.fail(`${start}–${end} is not inside ${outer.start}–${outer.end}`);
};
