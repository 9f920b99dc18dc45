import { describe, expect, it } from 'vitest';
import { diffOf } from '../src/report/diff.ts';
import { FORMATS, reporterOf } from '../src/report/index.ts';
import { reportJson } from '../src/report/json.ts';
import { maskMessage, maskText, secretsOf } from '../src/report/mask-secrets.ts';
import { reportPretty } from '../src/report/pretty.ts';
import { reportSarif } from '../src/report/sarif.ts';
import { documentOf } from '../src/source/document.ts';
import { fileOf, findingAt, rangeOf, render, reportOf } from './support/report.ts';

const mask = (text: string) => maskText(text, secretsOf(text));

describe('masking', () => {
  it.each([
    ['both forms of ENV', 'ENV PASSWORD hunter 2\nENV PASSWORD=x', 'ENV PASSWORD ********\nENV PASSWORD=*'],
    ['ARG and its default', 'ARG TOKEN\nARG API_KEY=abc OTHER=x', 'ARG TOKEN\nARG API_KEY=*** OTHER=x'],
    ['quoted values', `ENV SECRET="a b" X=1 MY_TOKEN='c d'`, `ENV SECRET="***" X=1 MY_TOKEN='***'`],
    ['quoted names', `ENV "DB_PASSWORD"=abc`, `ENV "DB_PASSWORD"=***`],
    ['escapes in a value', 'ENV SECRET=a\\ b"c d" X=1', 'ENV SECRET=********* X=1'],
    ['any case and indentation', '  env dbPassword=x\n\targ auth=y', '  env dbPassword=*\n\targ auth=*'],
    ['ONBUILD', 'ONBUILD ENV SECRET=abc', 'ONBUILD ENV SECRET=***'],
    ['continuation lines', 'ENV A=1 \\\n    SECRET=x \\\n    B=2', 'ENV A=1 \\\n    SECRET=* \\\n    B=2'],
    ['a value across lines', 'ENV SECRET=ab\\\ncd\nRUN cd', 'ENV SECRET=**\\\n**\nRUN cd'],
    ['a quoted value across lines', 'ENV SECRET="a \\\n b"', 'ENV SECRET="**\\\n *"'],
    [
      'an old value on the next line',
      'ENV SECRET \\\n  ab cd \\\n  ef\nRUN x',
      'ENV SECRET \\\n  ******\\\n  **\nRUN x',
    ],
    ['comments and blanks inside', 'ENV A=1 \\\n# it is\n\n SECRET=x', 'ENV A=1 \\\n# it is\n\n SECRET=*'],
    ['commented-out lines', '# ENV SECRET=abc\n# env token is passed', '# ENV SECRET=***\n# env token is passed'],
    ['commented-out pairs', 'ENV A=1 \\\n # TOKEN=x \\\n B=2', 'ENV A=1 \\\n # TOKEN=* \\\n B=2'],
    ['CRLF', 'ENV SECRET=ab\\\r\ncd\r\nENV TOKEN x y\r\n', 'ENV SECRET=**\\\r\n**\r\nENV TOKEN ***\r\n'],
    ['the other escape', '# escape=`\nENV P=c:\\ `\n  TOKEN=x', '# escape=`\nENV P=c:\\ `\n  TOKEN=*'],
    ['an open quote', 'ENV SECRET="ab c\nRUN x', 'ENV SECRET=*****\nRUN x'],
    ['wide characters, unit for unit', 'ENV SECRET=😀é x', 'ENV SECRET=*** x'],
  ])('covers %s', (_, text, masked) => {
    expect(mask(text)).toBe(masked);
    expect(masked).toHaveLength(text.length);
  });

  it.each([
    'PASSWORD',
    'MYSQL_ROOT_PASSWD',
    'DB_PASS',
    'DBPASS',
    'db.pwd',
    'GITHUB_TOKEN',
    'tokens',
    'API-KEY',
    'apikey',
    'ACCESS_KEY',
    'AWS_ACCESS_KEY_ID',
    'SSH_PRIVATE_KEY',
    'KEY',
    'CREDENTIALS',
    'NPM_CREDS',
    'BASIC_AUTH',
    'CLIENT_SECRET',
    'SSH_PASSPHRASE',
  ])('takes %s for a secret', (name) => {
    expect(mask(`ENV ${name}=abc`)).toBe(`ENV ${name}=***`);
  });

  it.each([
    'PUBLIC_KEY',
    'NEXT_PUBLIC_TOKEN',
    'PASSWORD_FILE',
    'TOKEN_PATH',
    'SECRET_NAME',
    'AUTHOR',
    'KEYRING',
    'MONKEY',
    'TOKENIZERS_PARALLELISM',
    'COMPASS',
    'PWD',
    'NODE_ENV',
  ])('takes %s for none', (name) => {
    expect(mask(`ENV ${name}=abc`)).toBe(`ENV ${name}=abc`);
  });

  it('shows a value that is but a variable, or empty', () => {
    const text = `ARG T\nENV TOKEN=$T SECRET="\${T}" KEY= PASSWORD=""\nENV AUTH \${T}\n`;
    expect(mask(text)).toBe(text);
    expect(mask(`ENV TOKEN=\${T:-abc}`)).toBe('ENV TOKEN=*********');
  });

  it('hides an uncommon value wherever it stands, a common one only in its place', () => {
    expect(mask('ENV TOKEN=abc123\nRUN login abc123\n')).toBe('ENV TOKEN=******\nRUN login ******\n');
    expect(mask('ENV TOKEN=abc123 KEY=abc123xy\nRUN abc123xy\n')).toBe('ENV TOKEN=****** KEY=********\nRUN ********\n');
    expect(mask('ENV PASSWORD=root\nUSER root\n')).toBe('ENV PASSWORD=****\nUSER root\n');
  });

  it('hides what a message quotes', () => {
    const secrets = secretsOf('ENV PASSWORD root\nENV TOKEN=abc123\n');
    expect(maskMessage('`ENV PASSWORD root` has no `=`', secrets)).toBe('`ENV PASSWORD ****` has no `=`');
    expect(maskMessage('`root` is the value of `PASSWORD`', secrets)).toBe('`****` is the value of `PASSWORD`');
    expect(maskMessage('runs as root with abc123', secrets)).toBe('runs as root with ******');
  });

  it('comes to an end with any size', { timeout: 60_000 }, () => {
    const lines = 'ENV TOKEN=abc123 \\\n  KEY="x y" \\\n'.repeat(50_000);
    for (const text of [lines, `ENV TOKEN ${' '.repeat(1_000_000)}x`, `ENV ${'token'.repeat(200_000)}`]) mask(text);
  });
});

describe('a secret in a report', () => {
  const TEXT = 'FROM a\nENV DB_PASSWORD hunter2\nRUN login hunter2\n';
  const pair = rangeOf(TEXT, 'ENV DB_PASSWORD hunter2');
  const finding = findingAt(pair, {
    rule: 'legacy-key-value',
    message: '`ENV DB_PASSWORD hunter2` has no `=`',
    help: 'Write `ENV DB_PASSWORD=hunter2`',
    related: [{ range: rangeOf(TEXT, 'login hunter2'), message: 'Used as hunter2' }],
    fix: {
      title: 'Write DB_PASSWORD=hunter2',
      safety: 'safe',
      edits: [{ range: pair, text: 'ENV DB_PASSWORD=hunter2' }],
    },
  });
  const gentle = findingAt(pair, {
    fix: { title: 'Write `=`', safety: 'safe', edits: [{ range: { start: 22, end: 23 }, text: '=' }] },
  });
  const report = reportOf([fileOf(TEXT, [finding, gentle])]);

  it.each(FORMATS)('is masked in %s', async (format) => {
    const text = render(await reporterOf(format), report);
    expect(text).toContain(format === 'markdown' ? '&#42;'.repeat(7) : '*******');
    expect(text).not.toContain('hunter2');
  });

  it('is masked in the preview of a fix', () => {
    expect(render(reportPretty, report)).toContain('- ENV DB_PASSWORD *******\n        + ENV DB_PASSWORD=*******\n');
  });

  it('keeps a fix that would write it out of json and sarif, and no other', () => {
    const { files, summary } = JSON.parse(render(reportJson, report));
    expect(files[0].diagnostics.map(({ fix }: { fix?: object }) => fix !== undefined)).toEqual([false, true]);
    expect(summary.fixable).toBe(2);
    const { runs } = JSON.parse(render(reportSarif, report));
    expect(runs[0].results.map(({ fixes }: { fixes?: object }) => fixes !== undefined)).toEqual([false, true]);
  });

  it('knows a common word by its place in the edit', () => {
    const text = 'ENV PASSWORD root\nRUN x\n';
    const fixes = ['ENV PASSWORD=root', 'USER root'].map((written) =>
      findingAt(
        { start: 0, end: 3 },
        { fix: { title: 'T', safety: 'safe', edits: [{ range: { start: 0, end: 17 }, text: written }] } },
      ),
    );
    const [file] = JSON.parse(render(reportJson, reportOf([fileOf(text, fixes)]))).files;
    expect(file.diagnostics.map(({ fix }: { fix?: object }) => fix !== undefined)).toEqual([false, true]);
  });

  it('knows an edit inside a continued ENV by the lines above it', () => {
    const text = 'ENV A=1 \\\n  B=2 \\\n  TOKEN=x\n';
    const edits = [{ range: rangeOf(text, 'TOKEN=x'), text: 'TOKEN="x"' }];
    const report = reportOf([
      fileOf(text, [findingAt({ start: 0, end: 3 }, { fix: { title: 'T', safety: 'safe', edits } })]),
    ]);
    expect(render(reportPretty, report)).toContain('-   TOKEN=*\n        +   TOKEN="*"\n');
    expect(render(reportJson, report)).not.toContain('"fix":');
  });

  it('is masked in a diff, also where only the old text tells that it is one', () => {
    const diff = diffOf(documentOf(TEXT), 'FROM a\nRUN login hunter2\nCMD x\n', { color: false });
    expect(diff).toContain('-ENV DB_PASSWORD *******\n RUN login *******\n+CMD x\n');
  });
});

describe('diff', () => {
  const diff = (before: string, after: string, path = 'web/Dockerfile') =>
    diffOf(documentOf(before, path), after, { color: false });

  it('is unified', () => {
    expect(diff('a\nb\nc\nd\ne\nf\ng\nh\ni\n', 'a\nb\nc\nd\nE\nf\ng\nh\ni\n')).toBe(
      '--- a/web/Dockerfile\n+++ b/web/Dockerfile\n@@ -1,9 +1,9 @@\n a\n b\n c\n d\n-e\n+E\n f\n g\n h\n i\n',
    );
    expect(diff('a\n', 'a\n')).toBe('');
  });

  it('says where a final newline is missing', () => {
    expect(diff('a\nb', 'a\nb\n')).toContain(' a\n-b\n\\ No newline at end of file\n+b\n');
    expect(diff('', 'a\n')).toContain('@@ -0,0 +1,1 @@\n+a\n');
    expect(diff('a\n', '')).toContain('@@ -1,1 +0,0 @@\n-a\n');
  });

  it('keeps CRLF and the byte order mark, so that it applies', () => {
    expect(diff('a\r\nb\r\n', 'a\r\nc\r\n')).toContain(' a\r\n-b\r\n+c\r\n');
    expect(diff('\uFEFFa\nb\n', 'a\nc\n')).toContain('@@ -1,2 +1,2 @@\n \uFEFFa\n-b\n+c\n');
  });

  it('makes hidden characters visible', () => {
    const text = diff('a\u202e\u001b[31m\r.\n\tb\n', 'a\u202e\n\tb\n', '/ab\u202e c/\u001b.x');
    expect(text).toMatch(/^--- "a\/ab\\342\\200\\256 c\/\\033\.x"\n\+\+\+ "b\/ab\\342\\200\\256 c\/\\033\.x"\n/);
    expect(text).toContain('-a\\u{202e}\\u{1b}[31m\\u{d}.\n+a\\u{202e}\n \tb\n');
  });

  it('is coloured when told', () => {
    const colored = diffOf(documentOf('a\r\n'), 'b\r\n', { color: true });
    expect(colored).toContain('\u001b[31m-a\u001b[39m\r\n\u001b[32m+b\u001b[39m\r\n');
  });
});
