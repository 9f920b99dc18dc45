import { defineRule, type Rule } from '../../src/lint/index.ts';
import { markerRules } from './marker-rules.ts';

const [doubtful] = markerRules.filter(({ name }) => name === 'doubtful');
if (!doubtful) throw new Error('there is no rule doubtful');

/** A rule with options, one with codes of hadolint, and one that a team's values make sense of. */
const extras: readonly Rule[] = [
  defineRule({
    ...doubtful,
    name: 'too-long',
    codes: ['T100'],
    severity: 'info',
    options: {
      max: { type: 'number', default: 1000, description: 'The most characters.' },
      strict: { type: 'boolean', default: false, description: 'Count spaces too.' },
      words: { type: 'strings', default: [], description: 'Words that do not count.' },
    },
    check: ({ document, options }) => ({
      *done() {
        const { length } = document.text;
        if (length > options.number('max'))
          yield { at: { start: 0, end: 1 }, message: `${length} is more than ${options.number('max')}` };
      },
    }),
  }),
  defineRule({
    ...doubtful,
    name: 'two-codes',
    codes: ['DL9001', 'DL9002'],
    category: 'labels',
    off: true,
    check: () => ({
      *From(node) {
        yield { at: node, message: 'first', codes: ['DL9001'] };
        yield { at: node.image, message: 'second', codes: ['DL9002'] };
      },
    }),
  }),
  defineRule({
    ...doubtful,
    name: 'untrusted',
    codes: ['DL3026'],
    category: 'security',
    off: true,
    policy: 'registries',
    check: ({ policy: { trustedRegistries } }) => ({
      *From(node) {
        if (trustedRegistries) yield { at: node, message: `trusted: ${trustedRegistries.join(' ')}` };
      },
    }),
  }),
  defineRule({
    ...doubtful,
    name: 'unlabelled',
    codes: ['DL3049'],
    category: 'security',
    off: true,
    policy: 'labels',
    check: ({ policy: { labels, strictLabels } }) => ({
      *From(node) {
        if (labels) yield { at: node, message: `labels: ${[...labels].join(' ')}${strictLabels ? ' only' : ''}` };
      },
    }),
  }),
  defineRule({
    ...doubtful,
    name: 'any-script',
    codes: [],
    codesLike: /^SC\d{4}$/,
    category: 'shell',
    check: ({ document }) => ({
      *done() {
        for (const { 0: code, index } of document.text.matchAll(/SC\d{4}/g))
          yield { at: { start: index, end: index + 6 }, message: `it is ${code}`, codes: [code] };
      },
    }),
  }),
  defineRule({ ...doubtful, name: 'forbidden', codes: [], category: 'image', off: true, policy: true }),
];

export const configRules: readonly Rule[] = [...markerRules, ...extras];
