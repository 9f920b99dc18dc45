import { expect, it } from 'vitest';
import { ageOf } from '../src/cli/age.ts';

const NOW = '2026-11-20T20:00:00Z';

it.each([
  ['2026-11-20T20:00:00Z', '0 seconds ago'],
  ['2026-11-20T19:59:59Z', '1 second ago'],
  ['2026-11-20T19:59:00.5Z', '59 seconds ago'],
  ['2026-11-20T19:58:59Z', '1 minute ago'],
  ['2026-11-20T18:00:00+00:00', '2 hours ago'],
  ['2026-11-18T20:00:01Z', '47 hours ago'],
  ['2026-11-18T20:00:00Z', '2 days ago'],
  ['2026-11-06T20:00:00Z', '2 weeks ago'],
  ['2026-08-20T20:00:00Z', '3 months ago'],
  ['1970-01-01T00:00:00Z', 'N/A'],
  ['1980-01-01T00:00:00Z', '46 years ago'],
  ['2026-11-20T20:00:01.296332842Z', '2026-11-20T20:00:01Z'],
  ['', ''],
  ['never', 'never'],
])('%j is %j', (time, age) => {
  expect(ageOf(time, Date.parse(NOW))).toBe(age);
});
