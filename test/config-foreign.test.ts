import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLEAN, folderWith, runIn, saying, type World } from './support/cli.ts';
import { configRules } from './support/config-rules.ts';

type Files = Readonly<Record<string, string>>;

const lint = (files: Files, args: readonly string[] = [], world: World = {}) =>
  runIn(folderWith(files), args, world, configRules);

/** What is found, each with its severity. */
const found = async (files: Files, args: readonly string[] = [], world: World = {}) => {
  const { stdout } = await lint(files, ['--format', 'json', '-q', ...args], world);
  const reports: { diagnostics: { severity: string; message: string }[] }[] = JSON.parse(stdout).files;
  return reports.flatMap(({ diagnostics }) => diagnostics.map(({ severity, message }) => `${severity} ${message}`));
};

const COUNTS =
  'iechorlint: no configuration of iechorlint here, so .hadolint.yaml counts; `iechorlint init --from hadolint` writes one\n';

describe('the configuration of hadolint', () => {
  it('counts where there is none of ours, told in one line', async () => {
    const files = { 'a/Dockerfile': CLEAN, '.hadolint.yaml': 'ignored: [DL9001]\n' };
    const { stderr, stdout } = await lint(files);
    expect(stderr).toBe(COUNTS);
    expect(stdout).toContain('second');
    expect(stdout).not.toContain('first');
    expect((await lint(files, ['-q'])).stderr).toBe('');
    expect((await lint(files, ['--no-config'])).stdout).not.toContain('second');
    expect((await lint({ ...files, '.iechorlint.yaml': '' })).stderr).toBe('');
    expect((await lint({ Dockerfile: CLEAN, '.hadolint.yml': '' })).stderr).toBe(COUNTS.replace('.yaml', '.yml'));
  });

  it.each([
    '.config/hadolint.yaml',
    '.config/hadolint.yml',
    '.hadolint/hadolint.yaml',
    '.hadolint/config.yml',
    '.hadolint.yaml',
  ])('of the user counts as well: %s', async (name) => {
    const home = folderWith({ [name]: 'ignored: [DL9001]\n' });
    const cwd = folderWith({ 'a/Dockerfile': CLEAN });
    const { stderr, stdout } = await runIn(cwd, [], { env: { HOME: home } }, configRules);
    expect(stderr).toMatch(/^iechorlint: no configuration of iechorlint here, so \S+\.ya?ml counts; `iechorlint init/);
    expect(stdout).toContain('second');
    expect(stdout).not.toContain('first');
    const init = await runIn(cwd, ['init', '--from', 'hadolint'], { env: { HOME: home } }, configRules);
    expect(init.stderr).toContain('wrote .iechorlint.yaml');
  });

  it('of the user counts in order, behind that of the project, and not beside one of ours', async () => {
    const home = folderWith({
      '.config/hadolint.yaml': 'ignored: [DL9001]\n',
      '.hadolint.yaml': 'ignored: [DL9002]\n',
    });
    const other = folderWith({ 'hadolint.yaml': 'ignored: [DL9002]\n' });
    const foundWith = async (files: Files, env: Readonly<Record<string, string>>) =>
      (await runIn(folderWith({ Dockerfile: CLEAN, ...files }), [], { env }, configRules)).stdout;
    expect(await foundWith({}, { HOME: home })).toContain('second');
    expect(await foundWith({}, { HOME: home, XDG_CONFIG_HOME: other })).toContain('first');
    expect(await foundWith({ '.hadolint.yaml': 'ignored: [DL9002]\n' }, { HOME: home })).toContain('first');
    const own = await runIn(
      folderWith({ Dockerfile: CLEAN, '.iechorlint.yaml': '' }),
      [],
      { env: { HOME: home } },
      configRules,
    );
    expect(own.stderr).toBe('');
  });

  it('says the same as it says there', async () => {
    const config = (text: string) => ({ Dockerfile: CLEAN, '.hadolint.yaml': text });
    expect(await found(config(''))).toEqual(['warning first', 'warning second']);
    expect(await found(config('override:\n  error: [DL9002]\n  style: [DL9001, DL9002]\n'))).toEqual([
      'style first',
      'error second',
    ]);
    expect(await found(config('ignored:\n- DL9001\n- DL9002\noverride: {error: [DL9001]}\n'))).toEqual([]);
    expect(await found(config('ignored: [DL9001, DL9002]\ntrustedRegistries:\n- ghcr.io\n- "*.corp"\n'))).toEqual([
      'error trusted: ghcr.io *.corp',
    ]);
    expect(await found(config('ignored: [DL9001, DL9002]\nlabel-schema: {a: semver}\nstrict-labels: true\n'))).toEqual([
      'info labels: a,semver only',
    ]);
    expect(await found(config('ignored: [SC1091]\n# nothing more\noverride:\n'))).toHaveLength(2);
  });

  it.each([
    ['', 1],
    ['failure-threshold: error\n', 0],
    ['failure-threshold: warning\n', 1],
    ['failure-threshold: none\n', 0],
    ['failure-threshold: ignore\n', 0],
    ['no-fail: true\nfailure-threshold: style\n', 0],
    ['no-fail: false\n', 1],
  ])('makes the exit code: %j', async (text, code) => {
    expect((await lint({ Dockerfile: CLEAN, '.hadolint.yaml': text })).code).toBe(code);
  });

  it('makes comments count for nothing', async () => {
    const text = saying('hadolint global ignore=DL9001,DL9002');
    expect(await found({ Dockerfile: text, '.hadolint.yaml': 'disable-ignore-pragma: true\n' })).toHaveLength(2);
    expect(await found({ Dockerfile: text, '.hadolint.yaml': 'disable-ignore-pragma: false\n' })).toHaveLength(0);
  });

  it('says in one line what has no effect', async () => {
    const { stderr } = await lint({
      Dockerfile: CLEAN,
      '.hadolint.yaml': 'format: json\nno-color: true\nignore: [DL9001]\n',
    });
    expect(stderr).toBe(
      [
        COUNTS,
        'iechorlint: .hadolint.yaml: `format` has no effect here; pass --format\n',
        'iechorlint: .hadolint.yaml: `no-color` has no effect here; pass --no-color\n',
        'iechorlint: .hadolint.yaml: `ignore` has no effect here (did you mean `ignored`?)\n',
      ].join(''),
    );
  });

  it('may be given by name', async () => {
    const files = { Dockerfile: CLEAN, '.iechorlint.yaml': '', 'ci/hadolint-strict.yml': 'ignored: [DL9001]\n' };
    const { stdout, stderr } = await lint(files, ['--config', 'ci/hadolint-strict.yml']);
    expect(stdout).toContain('second');
    expect(stderr).toBe('');
  });

  it.each([
    ['ignored: {a: b}\n', ['1:10: `ignored` must be a text, not a map']],
    [
      'failure-threshold: warn\nlabel-schema: {a: version}\n',
      [
        '1:20: `failure-threshold` cannot be `warn`; it is error, warning, info, style, ignore or none (did you mean `warning`?)',
        '2:19: `label-schema.a` cannot be `version`; it is text, rfc3339, semver, hash, url, spdx or email',
      ],
    ],
    [
      'override: {errors: [DL3000]}\nno-fail: 1\n',
      [
        '1:12: `override` has no key `errors` (did you mean `error`?)',
        '2:10: `no-fail` must be true or false, not the number `1`',
      ],
    ],
    ['- DL3000\n', ['1:1: the file must be a map of keys to values, not a list']],
  ])('%j has mistakes', async (text, messages) => {
    const { code, stderr } = await lint({ Dockerfile: CLEAN, '.hadolint.yaml': text });
    expect(stderr).toBe(messages.map((message) => `iechorlint: .hadolint.yaml:${message}\n`).join(''));
    expect(code).toBe(2);
  });
});

describe('the variables of hadolint', () => {
  const env = (name: string, value: string): World => ({ env: { [`HADOLINT_${name}`]: value } });

  it('count below every file', async () => {
    const files = { Dockerfile: saying('ugly', 'doubtful') };
    expect(await found(files, [], env('OVERRIDE_ERROR', 'DL9001,T100'))).toEqual([
      'error first',
      'style Here is ugly',
      'warning Here is doubtful',
    ]);
    expect(await found(files, [], env('IGNORE', 'T8,T4 , SC9999'))).toEqual([]);
    expect(await found({ ...files, '.iechorlint.yaml': 'rules: {ugly: info}\n' }, [], env('IGNORE', 'T8,T4'))).toEqual([
      'info Here is ugly',
    ]);
    expect(await found(files, ['--no-config', '--select', 'ugly'], env('IGNORE', 'T4'))).toEqual([
      'style Here is ugly',
    ]);
    expect(await found({ Dockerfile: CLEAN }, [], env('TRUSTED_REGISTRIES', 'a.io,b.io'))).toEqual([
      'warning trusted: a.io b.io',
    ]);
    const labels = { env: { HADOLINT_REQUIRE_LABELS: 'a:semver,b:text', HADOLINT_STRICT_LABELS: 'yes' } };
    expect(await found({ Dockerfile: CLEAN }, [], labels)).toEqual(['warning labels: a,semver b,text only']);
    const text = saying('iechorlint ignore-file=ugly', 'ugly');
    expect(await found({ Dockerfile: text }, [], env('DISABLE_IGNORE_PRAGMA', '1'))).not.toEqual([]);
  });

  it('make the exit code', async () => {
    const code = async (name: string, value: string) =>
      (await lint({ Dockerfile: saying('doubtful') }, [], env(name, value))).code;
    expect(await code('FAILURE_THRESHOLD', 'error')).toBe(0);
    expect(await code('NOFAIL', 'true')).toBe(0);
    expect(await code('NOFAIL', 'no')).toBe(1);
  });

  it.each([
    [
      'FAILURE_THRESHOLD',
      'warn',
      '`HADOLINT_FAILURE_THRESHOLD` cannot be `warn`; it is error, warning, info, style, ignore or none (did you mean `warning`?)',
    ],
    [
      'REQUIRE_LABELS',
      'a:version',
      '`HADOLINT_REQUIRE_LABELS` cannot be `version`; it is text, rfc3339, semver, hash, url, spdx or email',
    ],
  ])('may make no sense: %s=%s', async (name, value, message) => {
    const { code, stderr } = await lint({ Dockerfile: CLEAN }, [], env(name, value));
    expect({ code, stderr }).toEqual({ code: 2, stderr: `iechorlint: ${message}\n` });
  });
});

describe('init', () => {
  const init = async (files: Files, ...args: string[]) => {
    const cwd = folderWith(files);
    const { code, stderr } = await runIn(cwd, ['init', ...args], {}, configRules);
    const written = code === 0 ? readFileSync(join(cwd, '.iechorlint.yaml'), 'utf8') : '';
    return { code, stderr, written };
  };

  it('writes a configuration with comments, that counts as none does', async () => {
    const { code, stderr, written } = await init({}, '--yes');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^iechorlint: found no project that init knows .*\niechorlint: wrote \.iechorlint\.yaml\n$/);
    expect(written).toMatch(/^# yaml-language-server: \$schema=\.\/node_modules\/iechorlint\/schema\.json\n/);
    const files = { Dockerfile: saying('ugly', 'doubtful', 'rare') };
    expect(await found({ ...files, '.iechorlint.yaml': written })).toEqual(await found(files));
    const lines = written.split('\n').slice(2).join('\n');
    const all = lines.replace(/^# (?= {2}|[a-z-]+:( |$))/gm, '').replace('untagged-base', 'ugly');
    expect(all).toContain('\noverrides:\n');
    expect(await found({ ...files, '.iechorlint.yaml': all })).toContain('error Here is ugly');
  });

  it('takes over what hadolint says', async () => {
    const hadolint =
      'ignored:\n  - DL9001  # as we say\n  - XX1091\noverride: {info: [DL9002]}\nno-fail: true\nlabel-schema: {a: text}\nformat: json\n';
    const { stderr, written } = await init({ '.hadolint.yaml': hadolint }, '--from', 'hadolint');
    expect(stderr).toBe(
      [
        'iechorlint: .hadolint.yaml: `format` has no effect here; pass --format\n',
        'iechorlint: left out XX1091: no rule here has such a code\n',
        'iechorlint: wrote .iechorlint.yaml, which says what .hadolint.yaml does; that counts no more\n',
      ].join(''),
    );
    expect(written).toContain('\npresets:\n  - recommended\n  - hadolint\n');
    expect(written).toContain('\nrules:\n  DL9002: info\n  DL9001: off # as we say\n');
    const files = { Dockerfile: saying('ugly') };
    expect(await found({ ...files, '.iechorlint.yaml': written })).toEqual(
      await found({ ...files, '.hadolint.yaml': hadolint }),
    );
    expect((await lint({ ...files, '.iechorlint.yaml': written }, ['-q'])).code).toBe(0);
  });

  it.each<[Files, readonly string[], string]>([
    [
      { '.iechorlint.toml': '' },
      ['--from', 'hadolint'],
      'there is a configuration in this folder already, .iechorlint.toml',
    ],
    [{}, ['--from', 'hadolint'], 'there is no .hadolint.yaml here, in the folders above or in the home folder'],
    [{}, ['--from', 'tally'], '--from cannot be `tally`; it is hadolint; see iechorlint init --help'],
    [{}, ['x'], 'x is no folder; init takes the folder of a project'],
    [{}, ['a', 'b'], 'init takes one folder, and got 2'],
    [{}, ['x', '--from', 'hadolint'], 'init --from takes no `x`'],
  ])('%j %j makes no sense', async (files, args, message) => {
    const { code, stderr } = await init(files, ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `iechorlint: ${message}\n` });
  });
});

const PLUGIN = `export default {
  name: 'shouting', codes: [], category: 'style', severity: 'info', summary: 'The file shouts', why: 'It is rude.',
  examples: [],
  check: ({ file }) => ({ *Run(node) { yield { at: node, message: 'shouts' } } }),
};
`;

describe('plugins', () => {
  const files = {
    Dockerfile: 'FROM scratch\nRUN ["x"]\n',
    '.iechorlint.yaml': 'plugins: [./rules/ours.mjs]\nrules: {shouting: error}\n',
    'rules/ours.mjs': PLUGIN,
  };

  it('are loaded with --plugins alone', async () => {
    const { stdout, stderr, code } = await lint(files);
    expect(stdout).not.toContain('shouts');
    expect(stderr).toBe(
      'iechorlint: .iechorlint.yaml: ./rules/ours.mjs is a plugin and thus code, and not loaded; add --plugins to run it\n',
    );
    expect(code).toBe(0);
    const named = await lint(files, ['--select', 'shouting']);
    expect(named.stderr.startsWith(stderr)).toBe(true);
    expect(named.code).toBe(2);
    expect(await found(files, ['--plugins'])).toEqual(['error shouts']);
    expect(await found(files, ['--plugins', '--select', 'shouting'])).toEqual(['error shouts']);
    expect(await found(files, ['--plugins', '--ignore', 'shouting'])).toEqual([]);
  });

  it('are explained and listed with --plugins too', async () => {
    const called = async (files: Files, ...args: readonly string[]) => runIn(folderWith(files), args, {}, configRules);
    const notice =
      '.iechorlint.yaml: ./rules/ours.mjs is a plugin and thus code, and not loaded; add --plugins to run it';
    const unknown = 'iechorlint: No rule or code is called `shouting`. `iechorlint rules` lists them.\n';
    expect(await called(files, 'explain', 'shouting')).toMatchObject({
      code: 2,
      stderr: `${unknown}iechorlint: ${notice}\n`,
    });
    const explained = await called(files, 'explain', '--plugins', 'shouting');
    expect(explained).toMatchObject({ code: 0, stderr: '' });
    expect(explained.stdout).toMatch(/^shouting\nThe file shouts\.\n/);
    expect((await called(files, 'explain', '--plugins', 'shoutin')).stderr).toContain('Did you mean `shouting`?');

    const names = ({ stdout }: { stdout: string }) =>
      JSON.parse(stdout).rules.map(({ name }: { name: string }) => name);
    const plain = await called(files, 'rules', '--format', 'json');
    expect(plain.stderr).toContain(`iechorlint: ${notice}\n`);
    const all = await called(files, 'rules', '--format', 'json', '--plugins');
    expect(all.code).toBe(0);
    expect(all.stderr).not.toContain('plugin');
    expect(names(all).filter((name: string) => !names(plain).includes(name))).toEqual(['shouting']);

    const elsewhere = { 'rules/ours.mjs': PLUGIN, 'ours.yaml': files['.iechorlint.yaml'] };
    const named = await called(elsewhere, 'explain', '--plugins', '--config', 'ours.yaml', 'shouting');
    expect(named.stdout).toMatch(/^shouting\n/);
  });

  it('are no reason to know nothing where a configuration is broken', async () => {
    const broken = folderWith({ '.iechorlint.yaml': 'rules: [\n' });
    expect(await runIn(broken, ['rules'], {}, configRules)).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await runIn(broken, ['rules', '--plugins'], {}, configRules);
    expect(code).toBe(2);
    expect(stderr).toContain('.iechorlint.yaml:');
  });

  it('are heard anew although findings are kept', async () => {
    const cwd = folderWith(files);
    const args = ['--plugins', '--lint-cache-location', 'kept', '--format', 'compact'];
    expect((await runIn(cwd, args, {}, configRules)).stdout).toContain('shouts');
    const changed = PLUGIN.replace("'shouts'", "'is loud'");
    writeFileSync(join(cwd, 'rules/newer.mjs'), changed);
    writeFileSync(join(cwd, '.iechorlint.yaml'), 'plugins: [./rules/newer.mjs]\nrules: {shouting: error}\n');
    expect((await runIn(cwd, args, {}, configRules)).stdout).toContain('is loud');
  });

  it('come as lists, and from packages', async () => {
    const list = { ...files, 'rules/ours.mjs': PLUGIN.replace('default {', 'default [{').replace(/;\n$/, '];\n') };
    expect(await found(list, ['--plugins'])).toEqual(['error shouts']);
    const fromPackage = {
      ...files,
      '.iechorlint.yaml': 'extends: our-rules\nplugins: [our-rules]\n',
      'node_modules/our-rules/package.json': '{"type":"module","main":"index.js","iechorlint":{"fail-on":"info"}}',
      'node_modules/our-rules/index.js': PLUGIN,
    };
    expect(await found(fromPackage, ['--plugins'])).toEqual(['info shouts']);
    expect((await lint(fromPackage, ['--plugins'])).code).toBe(1);
  });

  it('are as simple as the README says', async () => {
    const readme = readFileSync('README.md', 'utf8');
    const [, code = ''] = /```js\n(import \{ defineRule \}.*?)```/s.exec(readme) ?? [];
    const [, config = ''] = /```yaml\n(plugins:.*?)```/s.exec(readme) ?? [];
    const example = {
      Dockerfile: 'FROM debian:12 AS base\nFROM registry.example.com/base:12\nFROM base\nFROM scratch\n',
      '.iechorlint.yaml': config,
      'rules/team-base.mjs': code,
      'node_modules/iechorlint/package.json': '{ "type": "module", "main": "index.js" }',
      'node_modules/iechorlint/index.js': 'export const defineRule = (rule) => rule;\n',
    };
    expect(await found(example, ['--plugins'])).toEqual(['error `debian:12` is no image of the team']);
  });

  const NEWER = 'Node.js VERSION cannot read TypeScript, as `./rules/ours.ts` is; use 22.18 or newer, or write .mjs';
  const hasTypes = Reflect.get(process.features, 'typescript');

  it.each<readonly [string, string, string]>([
    ['./rules/gone.mjs', PLUGIN, 'there is no module `./rules/gone.mjs`'],
    ['gone', PLUGIN, 'there is no module `gone`'],
    ['rules/gone.mjs', PLUGIN, 'there is no module `rules/gone.mjs`; a path begins with ./ or ../'],
    ['./rules/ours.mjs', 'export default {', '`./rules/ours.mjs` cannot be loaded: '],
    ['./rules/ours.mjs', 'throw new Error("no luck")', '`./rules/ours.mjs` cannot be loaded: no luck'],
    [
      './rules/ours.mjs',
      'export const a = 1;',
      '`./rules/ours.mjs` exports no rule by default: it must be what defineRule returns, or a list of them',
    ],
    [
      './rules/ours.mjs',
      PLUGIN.replace("'style'", "'rude'"),
      '`./rules/ours.mjs` exports no rule by default: `category` must be one of ordering, cache, ',
    ],
    [
      './rules/ours.mjs',
      PLUGIN.replace('shouting', 'Shouting!'),
      '`./rules/ours.mjs` exports no rule by default: `name` must be words in lower case with hyphens',
    ],
    [
      './rules/ours.mjs',
      PLUGIN.replace('shouting', 'ugly'),
      '`./rules/ours.mjs` has a rule `ugly`, and there is one of that name',
    ],
    ...(hasTypes ? [] : [['./rules/ours.ts', PLUGIN, NEWER.replace('VERSION', process.version)] as const]),
  ])('%s that cannot be used', async (name, text, message) => {
    const some = {
      Dockerfile: CLEAN,
      '.iechorlint.yaml': `plugins: ["${name}"]\n`,
      'rules/ours.mjs': text,
      'rules/ours.ts': text,
    };
    const { code, stderr } = await lint(some, ['--plugins']);
    expect(stderr.startsWith(`iechorlint: .iechorlint.yaml:1:11: \`plugins\`: ${message}`)).toBe(true);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(code).toBe(2);
  });
});
