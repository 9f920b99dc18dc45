import { describe, expect, it } from 'vitest';
import { configure, documentOf, fix, lint, rules } from '../src/index.ts';
import { folderWith, runIn } from './support/cli.ts';

/** What every object of JavaScript has, and no table of ours means. */
const NAMES = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];

const LINES = [
  'FROM --platform=linux/NAME NAME:NAME AS NAME',
  'FROM --platform=NAME NAME@NAME:NAME',
  '# hadolint shell=NAME\n# NAME=NAME\nFROM alpine\nRUN NAME',
  'ARG NAME=NAME',
  `ENV NAME=\${NAME} x=\${y:-NAME}`,
  'LABEL NAME=NAME org.opencontainers.image.NAME=NAME',
  'SHELL ["/bin/NAME", "-c"]\nRUN NAME',
  'RUN --mount=type=NAME,NAME=NAME --network=NAME NAME',
  'RUN <<NAME\n#!/usr/bin/env NAME\nNAME\nNAME',
  'RUN NAME install NAME && apt NAME NAME && apt-get NAME -y && apt-get install --NAME NAME=NAME',
  'RUN npm NAME && pip install --NAME NAME && go NAME && cargo NAME && gem NAME && git NAME && NAME=NAME NAME',
  'RUN test a NAME b && kill -NAME 1 && trap x NAME && set -o NAME && shopt -s NAME && declare -NAME x',
  'COPY --from=NAME --NAME=NAME --chmod=NAME --chown=NAME NAME NAME',
  'ADD --checksum=NAME:NAME https://NAME/x.git?NAME=NAME#NAME:NAME NAME',
  'HEALTHCHECK --NAME=NAME NAME NAME',
  'STOPSIGNAL NAME\nUSER NAME:NAME\nWORKDIR NAME\nEXPOSE NAME/NAME\nONBUILD NAME NAME\nNAME NAME\nENTRYPOINT NAME',
];

describe.each(NAMES)('the name %s', (name) => {
  it.each(['all', 'hadolint', 'buildkit'])('is one like others to the rules of %s', (preset) => {
    const config = configure(rules, { select: [preset], ignore: [] });
    for (const line of LINES) {
      const text = `${line.includes('FROM') ? '' : 'FROM debian\n'}${line}\n`.replaceAll('NAME', name);
      const document = documentOf(text);
      const found = lint(document, config);
      expect(found.filter(({ rule }) => rule === 'internal')).toEqual([]);
      const fixed = fix(document, config, 'unsafe');
      expect(JSON.stringify([found, fixed.text])).not.toMatch(/native code|\[object/);
    }
  });

  it('is no method, platform or kind of cache', async () => {
    const cwd = folderWith({ Dockerfile: 'FROM scratch\nRUN x\n' });
    const call = await runIn(cwd, ['build', '--call', `check,${name}=x`, '.']);
    expect(call).toMatchObject({ code: 2, stderr: expect.stringContaining(`not \`${name}=x\``) });
    expect((await runIn(cwd, ['build', '--call', 'outline', '--platform', `linux/${name}`, '.'])).code).toBe(0);
    const cache = await runIn(cwd, ['build', '--cache-from', `type=${name}`, '.']);
    expect(cache.stderr).toMatch(/it has local and registry\. A folder/);
  });
});
