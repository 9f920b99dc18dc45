import { describe, expect, it } from 'vitest';
import { maskedOutput } from '../src/build/mask.ts';

const shown = (secrets: readonly string[], parts: readonly string[]): string => {
  let text = '';
  const masked = maskedOutput(
    secrets.map((secret) => Buffer.from(secret)),
    (chunk) => {
      text += chunk;
    },
  );
  for (const part of parts) masked.write(Buffer.from(part));
  masked.end();
  return text;
};

describe('what a step prints of its secrets', () => {
  it.each([
    ['the longer of two, of which one begins the other', ['hunter2', 'hunter2-longer'], 'a hunter2-longer b hunter2'],
    ['two that overlap', ['secret-one', 'one-two-three'], 'a secret-one-two-three b hunter'],
    ['one in another', ['inside', 'all that is inside it'], 'a all that is inside it b inside'],
  ])('is hidden: %s', (_what, secrets, text) => {
    const whole = shown(secrets, [text]);
    expect(whole).toMatch(/^a \*\*\* b (?:\*\*\*|hunter)$/);
    expect(shown(secrets, [...text])).toBe(whole);
  });

  it('and what it prints besides is handed on at once, as far as it begins none', () => {
    let text = '';
    const masked = maskedOutput([Buffer.from('sesame')], (chunk) => {
      text += chunk;
    });
    masked.write(Buffer.from('open ses'));
    expect(text).toBe('open ');
    masked.write(Buffer.from('ame and sesa'));
    expect(text).toBe('open *** and ');
    masked.end();
    expect(text).toBe('open *** and sesa');
  });
});
