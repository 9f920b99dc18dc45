import { parse } from '../../ast/create.ts';
import type { Instruction } from '../../ast/nodes.ts';
import { escapeText } from '../../report/escape.ts';
import { escapeMarkup } from '../../report/markup.ts';
import type { Range } from '../../source/range.ts';

/** A file as HTML: keywords and comments set off, ranges marked. */
export const codeBlock = (text: string, marks: readonly Range[] = []): string =>
  `<pre><code>${coloured(text, marks)}</code></pre>`;

interface Piece extends Range {
  readonly kind: 'keyword' | 'comment' | 'mark';
}

const coloured = (text: string, marks: readonly Range[]): string => {
  const end = text.replace(/\s+$/, '').length;
  const kinds = Array.from({ length: end }, () => '');
  for (const piece of [...piecesOf(text), ...marks.map((range): Piece => ({ ...range, kind: 'mark' }))])
    for (let at = piece.start; at < Math.min(piece.end, end); at++) kinds[at] = `${kinds[at]} ${piece.kind}`.trim();
  let html = '';
  for (let start = 0, at = 1; start < end; at++) {
    if (at < end && kinds[at] === kinds[start]) continue;
    html += spanOf(text.slice(start, at).replaceAll('\r', ''), kinds[start] ?? '');
    start = at;
  }
  return html;
};

const spanOf = (text: string, kinds: string): string => {
  const html = escapeMarkup(escapeText(text));
  if (kinds === '' || html === '') return html;
  return kinds.includes('mark')
    ? `<mark${kinds === 'mark' ? '' : ` class="${kinds.replace(/ ?\bmark\b ?/g, '')}"`}>${html}</mark>`
    : `<span class="${kinds}">${html}</span>`;
};

const piecesOf = (text: string): readonly Piece[] => {
  const { instructions, comments, directives } = parse(text);
  return [
    ...instructions.flatMap(keywordsOf).map(({ start, end }): Piece => ({ start, end, kind: 'keyword' })),
    ...[...comments, ...directives].map(({ start, end }): Piece => ({ start, end, kind: 'comment' })),
  ];
};

const keywordsOf = (node: Instruction): readonly Range[] => {
  if (node.kind === 'Invalid') return [];
  if (node.kind === 'Onbuild') return [node.keyword, ...keywordsOf(node.trigger)];
  return node.kind === 'From' && node.as ? [node.keyword, node.as] : [node.keyword];
};
