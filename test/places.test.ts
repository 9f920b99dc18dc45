import { expect, it } from 'vitest';
import { configure } from '../src/config/select.ts';
import { loadRules } from '../src/dev/rule-files.ts';
import { lint } from '../src/lint/linter.ts';
import { documentOf } from '../src/source/document.ts';

const rules = (await loadRules()).flatMap(({ rule }) => rule ?? []);

const placesOf = (text: string, selector: string): readonly string[] =>
  lint(documentOf(text), configure(rules, { select: [selector], ignore: [] })).map(
    ({ range }) => `${range.start}:${text.slice(range.start, range.end)}`,
  );

const TEXT = 'FROM debian:13\nRUN true && \\\n  apt update && \\\n  apt install -y make\nRUN apt update; apt list\n';

it('is where each command stands', () => {
  expect(placesOf(TEXT, 'apt-instead-of-apt-get')).toEqual(
    Array.from(TEXT.matchAll(/apt/g), ({ index }) => `${index}:apt`),
  );
});

it('is the first line of the instruction, once, where hadolint is reproduced', () => {
  expect(placesOf(TEXT, 'DL3027')).toEqual(['15:RUN', '73:apt']);
});

it('is that of hadolint, with our words and fix where we say something of it', () => {
  const text = 'FROM debian:13\nCMD java -jar a.jar\nENTRYPOINT cd /srv; trap : TERM; java & wait\n';
  const [cmd, entrypoint] = lint(documentOf(text), configure(rules, { select: ['DL3025'], ignore: [] }));
  expect(cmd?.message).toContain('`java`');
  expect(cmd?.fix?.title).toBe('Use exec form');
  expect(entrypoint?.message).toBe('ENTRYPOINT is in shell form');
});
