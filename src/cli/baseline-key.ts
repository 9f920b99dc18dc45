import type { Iechorfile } from '../ast/nodes.ts';
import { hashOf } from '../report/fingerprint.ts';
import type { View } from '../report/view.ts';
import type { Range } from '../source/range.ts';

const LONGEST = 100;

/** What a finding is about, whatever line it has moved to: its instruction, or its line outside of one, on one line. */
export const contentAt = (file: Iechorfile, view: View, range: Range): string => {
  const node = file.instructions.findLast(({ start }) => start <= range.start);
  const place = node && range.start <= node.end ? node : view.lines.rangeOf(view.lines.lineAt(range.start));
  // Masked: a secret is not written to yet another file, nor a hash of it alone.
  const text = view.text.slice(place.start, place.end).trim().replace(/\s+/g, ' ');
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 20)}… ${hashOf(text)}`;
};
