import { expect, it } from 'vitest';
import { licenseFlaw } from '../src/model/licenses.ts';

it.each([
  'MIT',
  'mit',
  'GPL-3.0',
  'GPL-2.0+',
  'MIT OR Apache-2.0',
  '(MIT AND BSD-3-Clause) OR GPL-2.0-only WITH Classpath-exception-2.0',
  'LicenseRef-Proprietary',
  'DocumentRef-ours:LicenseRef-Logo',
])('%s is a license expression', (text) => {
  expect(licenseFlaw(text)).toBeUndefined();
});

it.each([
  ['Apache License 2.0', ['Apache-2.0']],
  ['Apache 2', ['Apache-2.0']],
  ['The MIT License', ['MIT']],
  ['BSD-3', ['BSD-3-Clause']],
  ['GPLv3', ['GPL-3.0-only', 'GPL-3.0-or-later']],
  ['GNU Lesser General Public License v2.1', ['LGPL-2.1-only', 'LGPL-2.1-or-later']],
])('%s is none, and it is clear what is meant', (text, meant) => {
  expect(licenseFlaw(text)).toEqual({ text, meant });
});

it.each([
  ['MIT, Apache-2.0', 'MIT,'],
  ['MIT OR Ours', 'Ours'],
  ['MIT WITH Apache-2.0', 'MIT WITH Apache-2.0'],
  ['(MIT', '(MIT'],
  ['Proprietary', 'Proprietary'],
  ['', ''],
])('%s is none because of %s', (text, wrong) => {
  expect(licenseFlaw(text)?.text).toBe(wrong);
});
