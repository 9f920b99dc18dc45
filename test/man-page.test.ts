import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES } from '../src/cli/command-names.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { manPage } from '../src/dev/generate/man-page.ts';

const hasProgram = (name: string) => spawnSync(name, ['--version']).error === undefined;

/** The page as a terminal shows it. */
const rendered = (): { readonly text: string; readonly warnings: string } => {
  const { stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-ww', '-P-cbou', '-rLL=200n'], {
    input: manPage(),
    encoding: 'utf8',
  });
  return { text: stdout, warnings: stderr };
};

describe('the manual page', () => {
  it('has every command and every option', () => {
    const page = manPage();
    for (const name of COMMAND_NAMES.filter((each) => each !== 'lint'))
      expect(page).toContain(`.SS iechorlint ${name}`);
    for (const { flags } of Object.values(COMMANDS))
      for (const flag of Object.keys(flags)) expect(page).toContain(`\\fB\\-\\-${flag.replaceAll('-', '\\-')}\\fR`);
  });

  it('has no line that roff would take for a request of its own', () => {
    const requests = manPage().match(/^[.'].*/gm) ?? [];
    expect(requests.filter((line) => !/^\.(?:\\"|TH|SH|SS|PP|TP|nf|fi)/.test(line))).toEqual([]);
  });

  it.skipIf(!hasProgram('groff'))('is shown by groff as it is meant, without a warning', () => {
    const { text, warnings } = rendered();
    expect(warnings).toBe('');
    expect(text).toMatch(/^ +--unsafe-fixes\n +Apply those that may change it, too\.$/m);
    expect(text).toContain("iechorlint --fix 'services/*/Dockerfile'");
    expect(text).toMatch(/^ +1 +findings; with --diff: something would change$/m);
  });
});
