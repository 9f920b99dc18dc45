import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaText } from '../src/dev/generate/config-schema.ts';
import { configure, rules } from '../src/index.ts';
import { CLEAN, folderWith, runIn, saying, type World } from './support/cli.ts';
import { configRules } from './support/config-rules.ts';

type Files = Readonly<Record<string, string>>;

const lint = (files: Files, args: readonly string[] = [], world: World = {}) =>
  runIn(folderWith(files), args, world, configRules);

/** The rules that find something, each with its severity, in order of place. */
const found = async (files: Files, args: readonly string[] = [], world: World = {}) => {
  const { stdout, stderr } = await lint(files, ['--format', 'json', '-q', ...args], world);
  expect(stderr).toBe('');
  const { files: reports } = JSON.parse(stdout);
  const lines: string[] = [];
  for (const { path, diagnostics } of reports)
    for (const { rule, severity, message } of diagnostics)
      lines.push(`${path === 'Dockerfile' ? '' : `${path} `}${severity} ${/^Here/.test(message) ? rule : message}`);
  return lines;
};

const ALL = saying('broken', 'doubtful', 'remark', 'ugly', 'rare');

describe('a mistake in a configuration', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'unknown keys',
      '.iechorlint.yaml',
      'preset: strict\ncolours: 1\noverrides:\n  - file: a\n    rule: {}\n',
      [
        '1:1: unknown key `preset` (did you mean `presets`?)',
        '2:1: unknown key `colours`; it is $schema, root, extends, ruleset, presets, rules, trusted-registries, labels, strict-labels, build-args, target, fail-on, inline-ignores, ignore, overrides or plugins',
        '4:5: `overrides[0]` has no key `file` (did you mean `files`?)',
        '5:5: `overrides[0]` has no key `rule` (did you mean `rules`?)',
      ],
    ],
    [
      'unknown values',
      '.iechorlint.yml',
      'presets: [recommended, strikt]\nfail-on: fatal\nlabels: {a: txt}\nruleset: "2026.1"\n',
      [
        '1:24: `presets` cannot be `strikt`; it is recommended, strict, security, format, all, hadolint or buildkit (did you mean `strict`?)',
        '2:10: `fail-on` cannot be `fatal`; it is error, warning, info, style or never',
        '3:13: `labels.a` cannot be `txt`; it is text, rfc3339, semver, hash, url, spdx or email (did you mean `text`?)',
        '4:10: `ruleset` cannot be `2026.1`; it is 2027.1 (did you mean `2027.1`?)',
      ],
    ],
    [
      'values of another kind',
      '.iechorlint.json',
      '{ "root": "yes", "rules": [], "target": 3,\n  "extends": {}, "build-args": ["A"], "overrides": {}, "labels": { "a": null } }\n',
      [
        '1:11: `root` must be true or false, not the text `yes`',
        '1:27: `rules` must be a map of rules to what they are, not a list',
        '1:41: `target` must be a text, not the number `3`',
        '2:14: `extends` must be a text, not a map',
        '2:32: `build-args` must be a map of names to values, not a list',
        '2:52: `overrides` must be a list, not a map',
        '2:73: `labels.a` must be text, rfc3339, semver, hash, url, spdx or email, not empty',
      ],
    ],
    [
      'rules',
      '.iechorlint.toml',
      '[rules]\ndoubtfull = "off"\nugly = "warn"\nremark = false\nbroken = ["error", { max = 1 }, 3]\nT100 = ["error", 3]\nstile = "off"\nDL0000 = "off"\n',
      [
        '2:1: no rule, code or category is called `doubtfull` (did you mean `doubtful`?)',
        '3:8: `rules.ugly` cannot be `warn`; it is off, on, error, warning, info or style (did you mean `warning`?)',
        '4:10: `rules.remark` must be off, on, error, warning, info or style, not `false`',
        '5:10: `rules.broken` must be [severity, {option: value}], not a list',
        '6:18: `rules.T100` must be a map of options to values, not the number `3`',
        '7:1: no rule, code or category is called `stile` (did you mean `style`?)',
        '8:1: no rule, code or category is called `DL0000`; `iechorlint rules` lists them',
      ],
    ],
    [
      'options of rules',
      '.iechorlint.jsonc',
      '{\n  // how long\n  "rules": {\n    "too-long": ["on", { "maximum": 3, "max": "3", "strict": 1, "words": [4] }],\n    "ugly": { "options": { "max": 3 }, "fix": "sometimes", "level": "off" },\n  },\n}\n',
      [
        '4:26: `rules.too-long` has no option `maximum` (did you mean `max`?)',
        '4:47: `rules.too-long.max` must be a number, not the text `3`',
        '4:62: `rules.too-long.strict` must be true or false, not the number `1`',
        '4:75: `rules.too-long.words` must be a text, not the number `4`',
        '5:28: `rules.ugly.options` has no options, so no `max`',
        '5:47: `rules.ugly.fix` cannot be `sometimes`; it is always, never or unsafe-only',
        '5:60: `rules.ugly` has no key `level`; it is severity, fix or options',
      ],
    ],
    [
      'under its key in package.json',
      'package.json',
      '{\n  "name": "a",\n  "iechorlint": { "roots": true }\n}\n',
      ['3:19: `iechorlint` has no key `roots` (did you mean `root`?)'],
    ],
    [
      'a number under its key in package.json',
      'package.json',
      '{"iechorlint": 5}',
      ['1:16: `iechorlint` must be a map of keys to values, not the number `5`'],
    ],
    [
      'a number that is meant as a text',
      '.iechorlint.yaml',
      'ruleset: 2027.1\n',
      ['1:10: `ruleset` must be a text, `"2027.1"` in quotes, not the number `2027.1`'],
    ],
    [
      'an override of no files',
      '.iechorlint.yaml',
      'overrides:\n  - rules: { style: off }\n',
      ['2:5: `overrides[0]` has no `files`, and so is for nothing'],
    ],
    [
      "another file, whose text is nobody's business",
      '.iechorlint.yaml',
      'machine example.com password secret\n',
      ['1:1: the file must be a map of keys to values, not a text'],
    ],
    [
      'a long text',
      '.iechorlint.yaml',
      `fail-on: ${'long '.repeat(30)}\n`,
      [`1:10: \`fail-on\` cannot be \`${'long '.repeat(12)}…\`; it is error, warning, info, style or never`],
    ],
    [
      'two documents',
      '.iechorlint.yaml',
      'root: true\n---\nroot: true\n',
      ['2:1: a second document begins here; a configuration is one'],
    ],
    [
      'keys that are there twice',
      '.iechorlint.json',
      '{ "target": "a", "target": "b" }\n',
      ['1:18: `target` is set twice'],
    ],
    [
      'braces',
      '.iechorlint.yaml',
      'ignore: ["a/{b,c}"]\n',
      ['1:10: `ignore`: `a/{b,c}` has braces; patterns are as in .gitignore, so write one for each'],
    ],
    ['a list for a file', '.iechorlint.yaml', '- a\n', ['1:1: the file must be a map of keys to values, not a list']],
    [
      'YAML that is none',
      '.iechorlint.yaml',
      'rules: {a: b\n',
      ['2:1: this is not YAML: Flow map in block collection must be sufficiently indented and end with a }'],
    ],
    [
      'YAML with tabs',
      '.iechorlint.yaml',
      'rules:\n\tugly: off\n',
      ['2:1: this is not YAML: Tabs are not allowed as indentation'],
    ],
    [
      'JSON that is none',
      '.iechorlint.json',
      '{ "root": tru }\n',
      ['1:11: this is not JSON: invalid symbol', '1:15: this is not JSON: value expected'],
    ],
    ['TOML that is none', '.iechorlint.toml', 'root = yes\n', ['1:8: this is not TOML: Unexpected character']],
    [
      'a circle of aliases',
      '.iechorlint.yaml',
      'rules: &a {ugly: *a}\n',
      ['1:11: the file goes round in circles or is far too large'],
    ],
    [
      'a package that is not there',
      '.iechorlint.yaml',
      'root: true\nextends: our-rules\n',
      ['2:10: `extends`: there is no package `our-rules`; a path begins with ./ or ../'],
    ],
  ])('%s: every one with its place, and 2', async (_, name, text, messages) => {
    const { code, stdout, stderr } = await lint({ Dockerfile: CLEAN, [name]: text });
    expect(stderr).toBe(messages.map((message) => `iechorlint: ${name}:${message}\n`).join(''));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('a configuration', () => {
  it.each([
    ['.iechorlint.yaml', 'rules: {doubtful: off, T6: info}\n'],
    ['.iechorlint.yml', '# ours\nrules:\n  doubtful: off\n  t6: info\n'],
    ['.iechorlint.json', '{ "rules": { "doubtful": "off", "broken": "info" } }'],
    ['.iechorlint.jsonc', '{ /* ours */ "rules": { "doubtful": "off", "broken": ["info"], }, }'],
    ['.iechorlint.toml', '[rules]\ndoubtful = "off"\n[rules.broken]\nseverity = "info"\n'],
    ['package.json', '{ "name": "a", "iechorlint": { "rules": { "doubtful": "off", "broken": "info" } } }'],
  ])('may be %s', async (name, text) => {
    const files = { Dockerfile: ALL, [name]: text.replace('T6', 'broken').replace('t6', 'broken') };
    expect(await found(files)).toEqual(['info broken', 'info remark', 'style ugly']);
  });

  it('has lists of tables in TOML', async () => {
    const text = `fail-on = "info"
rules.broken = "off"
labels."a.b" = "semver"

[[overrides]]
files = ["Dockerfile"]
rules = { doubtful = "info", ugly.severity = "warning" }

[[overrides]]
files = "Docker*"
[overrides.rules.too-long]
severity = "error"
options.max = 5
`;
    expect(await found({ Dockerfile: ALL, '.iechorlint.toml': text })).toEqual([
      'error 56 is more than 5',
      'warning labels: a.b,semver',
      'info doubtful',
      'info remark',
      'warning ugly',
    ]);
  });

  it.each(['', '# nothing yet\n', '{}\n'])('may be empty: %j', async (text) => {
    expect(await found({ Dockerfile: ALL, '.iechorlint.yaml': text })).toEqual([
      'error broken',
      'warning doubtful',
      'info remark',
      'style ugly',
    ]);
  });

  it('is not what another package.json says', async () => {
    for (const text of ['{ "name": "iechorlint" }', '{ "devDependencies": { "iechorlint": "1" } }', '{ "iechorlint": '])
      expect((await lint({ Dockerfile: CLEAN, 'package.json': text })).code).toBe(0);
  });

  it('is one in each folder', async () => {
    const files = { Dockerfile: CLEAN, '.iechorlint.yaml': '', '.iechorlint.toml': '' };
    const { code, stderr } = await lint(files);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^iechorlint: .* has two configurations, \.iechorlint\.yaml and \.iechorlint\.toml; keep one of them\n$/,
    );
  });

  it('switches on and off by name, code and category, the later before the earlier', async () => {
    const rules = async (text: string, ...args: string[]) =>
      found({ Dockerfile: ALL, '.iechorlint.yaml': `rules: {${text}}` }, args);
    expect(await rules('rare: on, broken: off, style: info')).toEqual([
      'info doubtful',
      'info remark',
      'info ugly',
      'info rare',
    ]);
    expect(await rules('style: off, ugly: on')).toEqual(['style ugly']);
    expect(await rules('ugly: error, style: info')).toContain('info ugly');
    expect(await rules('style: on')).toContain('warning rare');
    expect(await rules('T4: error, t8: off')).toEqual(['error broken', 'info remark', 'error ugly', 'error rare']);
  });

  it('switches off also what always runs', async () => {
    const always = configRules.map((rule) => (rule.name === 'broken' ? { ...rule, always: true } : rule));
    const lintAlways = async (text: string, ...args: string[]) => {
      const cwd = folderWith({ Dockerfile: ALL, '.iechorlint.yaml': text });
      return (await runIn(cwd, ['--format', 'compact', ...args], {}, always)).stdout.includes('broken');
    };
    expect(await lintAlways('presets: security')).toBe(true);
    expect(await lintAlways('rules: {broken: off}')).toBe(false);
    expect(await lintAlways('rules: {broken: off}', '--select', 'ugly')).toBe(false);
    expect(await lintAlways('rules: {broken: off}', '--select', 'broken')).toBe(true);
  });

  it('keeps to a ruleset: what came later runs where it is named', async () => {
    const later = configRules.map((rule) => (rule.name === 'ugly' ? { ...rule, since: '2027.2' as '2027.1' } : rule));
    const lintLater = async (text: string, ...args: string[]) => {
      const cwd = folderWith({ Dockerfile: ALL, '.iechorlint.yaml': text });
      return (await runIn(cwd, ['--format', 'compact', ...args], {}, later)).stdout.includes('ugly');
    };
    expect(await lintLater('')).toBe(true);
    expect(await lintLater('ruleset: "2027.1"')).toBe(false);
    expect(await lintLater('ruleset: "2027.1"\nrules: {style: warning}')).toBe(false);
    expect(await lintLater('ruleset: "2027.1"\nrules: {ugly: on}')).toBe(true);
    expect(await lintLater('ruleset: "2027.1"\npresets: all', '--select', 'ugly')).toBe(true);
    expect(await lintLater('ruleset: "2027.1"', '--select', 'all')).toBe(false);
  });

  it('knows the codes of a rule apart', async () => {
    const rules = async (text: string, ...args: string[]) =>
      found({ Dockerfile: CLEAN, '.iechorlint.yaml': text }, args);
    expect(await rules('rules: {DL9001: on}')).toEqual(['warning first']);
    expect(await rules('rules: {DL9001: error, DL9002: on}')).toEqual(['error first', 'warning second']);
    expect(await rules('rules: {two-codes: on, DL9002: off}')).toEqual(['warning first']);
    expect(
      await rules('rules: {two-codes: on, DL9002: off}\noverrides: [{files: "*", rules: {DL9002: info}}]'),
    ).toEqual(['warning first', 'info second']);
    expect(await rules('presets: hadolint\nrules: {DL9002: style, two-codes: {fix: never}}')).toEqual([
      'warning first',
      'style second',
    ]);
  });

  it('knows codes that a rule only may have', async () => {
    const rules = async (text: string, ...args: string[]) =>
      found({ Dockerfile: saying('SC1091', 'SC2154'), '.iechorlint.yaml': text }, args);
    expect(await rules('rules: {SC1091: off}')).toEqual(['warning it is SC2154']);
    expect(await rules('rules: {sc2154: error}')).toEqual(['warning it is SC1091', 'error it is SC2154']);
    expect(await rules('', '--ignore', 'SC2154,SC9999')).toEqual(['warning it is SC1091']);
    expect(await rules('rules: {SC1091: off}', '--select', 'SC1091')).toEqual(['warning it is SC1091']);
  });

  it('has presets', async () => {
    const rules = async (text: string) => found({ Dockerfile: ALL, '.iechorlint.yaml': text });
    expect(await rules('presets: [strict]')).toContain('warning rare');
    expect(await rules('presets: security')).toEqual([]);
    expect(await rules('presets: [hadolint, recommended]')).toContain('style ugly');
  });

  it('sets options', async () => {
    const rules = async (text: string) => found({ Dockerfile: CLEAN, '.iechorlint.yaml': `rules: ${text}` });
    expect(await rules('{too-long: [on, {max: 3}]}')).toEqual(['info 13 is more than 3']);
    expect(await rules('{too-long: [error, {max: 3}]}')).toEqual(['error 13 is more than 3']);
    expect(await rules('{T100: {options: {max: 3}}}')).toEqual(['info 13 is more than 3']);
  });

  it('has what a team has settled, which switches on the rules for it', async () => {
    const files = { Dockerfile: CLEAN, '.iechorlint.yaml': 'trusted-registries: [docker.io, "*.corp"]\n' };
    expect(await found(files)).toEqual(['warning trusted: docker.io *.corp']);
    const labels = 'labels: {a: text, b: semver}\nstrict-labels: true\n';
    expect(await found({ ...files, '.iechorlint.yaml': labels })).toEqual(['warning labels: a,text b,semver only']);
    expect(await found({ ...files, '.iechorlint.yaml': `${labels}rules: {unlabelled: off}\n` })).toEqual([]);
  });

  it('sets --fail-on, which the command line outranks', async () => {
    const files = { Dockerfile: saying('ugly'), '.iechorlint.yaml': 'fail-on: style\n' };
    expect((await lint(files)).code).toBe(1);
    expect((await lint(files, ['--fail-on', 'warning'])).code).toBe(0);
    expect((await lint({ ...files, '.iechorlint.yaml': 'fail-on: never\nrules: {ugly: error}\n' })).code).toBe(0);
    expect((await lint(files, ['--diff'])).code).toBe(1);
    expect((await lint({ ...files, '.iechorlint.yaml': 'fail-on: never\n' }, ['--diff'])).code).toBe(0);
  });

  it('ignores files, told in one line', async () => {
    const files = {
      'a/Dockerfile': ALL,
      'b/Dockerfile': ALL,
      'b/c/Dockerfile': ALL,
      Dockerfile: CLEAN,
      '.iechorlint.yaml': 'ignore: [b]\n',
    };
    const { stderr, stdout } = await lint(files);
    expect(stderr).toBe('iechorlint: left out 2 files, as the configuration ignores them\n');
    expect(stdout).not.toContain('b/Dockerfile');
    expect((await lint(files, ['b/Dockerfile'])).stderr).toBe(
      'iechorlint: left out 1 file, as the configuration ignores it\n',
    );
    expect((await lint(files, ['--no-config', 'b/Dockerfile'])).code).toBe(1);
    const { stdout: text } = await lint(files, ['--fix', '-q', '--stdin-filename', 'b/Dockerfile', '-'], {
      stdin: CLEAN,
    });
    expect(text).toBe(CLEAN);
  });

  it('may make comments count for nothing', async () => {
    const text = saying('iechorlint ignore-file=ugly', 'ugly');
    expect(await found({ Dockerfile: text })).toEqual([]);
    expect(await found({ Dockerfile: text, '.iechorlint.yaml': 'inline-ignores: false\n' })).not.toEqual([]);
  });
});

describe('configurations', () => {
  const files = {
    Dockerfile: saying('ugly', 'doubtful'),
    'a/Dockerfile': saying('ugly', 'doubtful'),
    'a/b/Dockerfile': saying('ugly', 'doubtful'),
    '.iechorlint.yaml': 'rules: {ugly: info, doubtful: off}\n',
    'a/.iechorlint.yaml': 'rules: {ugly: error}\n',
  };

  it('count from the nearest up, until one is the root', async () => {
    expect(await found(files)).toEqual(['info ugly', 'a/Dockerfile error ugly', 'a/b/Dockerfile error ugly']);
    const rooted = { ...files, 'a/.iechorlint.yaml': 'root: true\nrules: {ugly: error}\n' };
    expect(await found(rooted, ['a/b'])).toEqual(['a/b/Dockerfile error ugly', 'a/b/Dockerfile warning doubtful']);
  });

  it('count for standard input by its name', async () => {
    const stdin = saying('ugly');
    expect(await found(files, ['-'], { stdin })).toEqual(['<stdin> info ugly']);
    expect(await found(files, ['--stdin-filename', 'a/x', '-'], { stdin })).toEqual(['a/x error ugly']);
  });

  it('have overrides for some files', async () => {
    const overrides = `rules: {doubtful: off}
overrides:
  - files: a
    rules: {ugly: info}
    fail-on: info
  - files: [b/Dockerfile, "!a/b/*"]
    rules: {ugly: error}
  - files: a/b
    presets: strict
`;
    const some = {
      Dockerfile: saying('ugly'),
      'a/Dockerfile': saying('ugly'),
      'a/b/Dockerfile': saying('ugly', 'rare'),
    };
    const all = { ...some, '.iechorlint.yaml': overrides };
    expect(await found(all)).toEqual([
      'style ugly',
      'a/Dockerfile info ugly',
      'a/b/Dockerfile warning first',
      'a/b/Dockerfile warning second',
      'a/b/Dockerfile info ugly',
      'a/b/Dockerfile warning rare',
    ]);
    expect((await lint(all, ['a/Dockerfile'])).code).toBe(1);
    expect((await lint(all, ['Dockerfile'])).code).toBe(0);
  });

  it('extend others, by path or package, as data alone', async () => {
    const some = {
      Dockerfile: saying('ugly', 'doubtful', 'remark'),
      '.iechorlint.yaml': 'extends: [./base/strict.json, "@team/rules", plain/rules.toml]\nrules: {remark: error}\n',
      'base/strict.json': '{ "extends": "../other.yml", "rules": { "ugly": "error" } }',
      'other.yml': 'rules: {ugly: info, remark: off}\n',
      'node_modules/@team/rules/.iechorlint.yaml': 'rules: {doubtful: info}\n',
      'node_modules/plain/rules.toml': 'fail-on = "never"\n',
    };
    expect(await found(some)).toEqual(['error ugly', 'info doubtful', 'error remark']);
    expect((await lint(some)).code).toBe(0);
  });

  it.each([
    [
      { '.iechorlint.yaml': 'extends: ./a.yaml\n', 'a.yaml': 'extends: ./b.yaml\n', 'b.yaml': 'extends: ./a.yaml\n' },
      'configurations extend each other in a circle: a.yaml → b.yaml → a.yaml',
    ],
    [{ '.iechorlint.yaml': 'extends: ./a.yaml\n' }, 'cannot read the configuration a.yaml: no such file or directory'],
    [
      { '.iechorlint.yaml': 'extends: x\n', 'node_modules/x/package.json': '{}' },
      '.iechorlint.yaml:1:10: `extends`: the package `x` has no configuration (.iechorlint.yaml or another of its names)',
    ],
    [
      { '.iechorlint.yaml': 'extends: ./a.yaml\n', 'a.yaml': 'rules: {x: off}\n' },
      'a.yaml:1:9: no rule, code or category is called `x`; `iechorlint rules` lists them',
    ],
  ])('%j: a mistake', async (some, message) => {
    const { code, stderr } = await lint({ Dockerfile: CLEAN, ...some });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `iechorlint: ${message}\n` });
  });
});

describe('the command line', () => {
  const config = { Dockerfile: ALL, '.iechorlint.yaml': 'rules: {ugly: off, broken: info}\n' };

  it('names a configuration, or none', async () => {
    const files = {
      ...config,
      'ci/strict.yaml': 'presets: strict\noverrides: [{files: Dockerfile, rules: {ugly: error}}]',
    };
    expect(await found(files, ['--config', 'ci/strict.yaml'])).toContain('error ugly');
    expect(await found(files, [], { env: { IECHORLINT_CONFIG: 'ci/strict.yaml' } })).toContain('warning rare');
    expect(await found(files, ['--no-config'])).toContain('style ugly');
    const { stderr } = await lint(files, ['--config', 'gone.yaml']);
    expect(stderr).toBe('iechorlint: cannot read the configuration gone.yaml: no such file or directory\n');
  });

  it('selects rules; what it names itself runs although it is off', async () => {
    expect(await found(config, ['--select', 'broken'])).toEqual(['info broken']);
    expect(await found(config, ['--select', 'broken,ugly'])).toEqual(['info broken', 'style ugly']);
    expect(await found(config, ['--select', 'all'])).not.toContain('style ugly');
    expect(await found(config, ['--select', 'style', '--ignore', 'doubtful,remark'])).toEqual([
      'info broken',
      'warning rare',
    ]);
    expect(await found(config, ['--ignore', 'recommended'])).toEqual([]);
  });

  it('prints what is in force for a file', async () => {
    const text = `root: true
presets: strict
rules: {ugly: {severity: error, fix: never}, too-long: [on, {max: 3}], style: info, rare: off, DL9001: error}
trusted-registries: [docker.io]
build-args: {VERSION: 3.10}
ignore: [gone]
ruleset: "2027.1"
overrides: [{files: a, fail-on: info}]
`;
    const { stdout, code } = await lint({ '.iechorlint.yaml': text }, [
      '--print-config',
      'a/Dockerfile',
      '--select',
      'ugly,too-long,DL9001',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      file: 'a/Dockerfile',
      configurations: ['.iechorlint.yaml'],
      ignored: false,
      'fail-on': 'info',
      ruleset: '2027.1',
      'inline-ignores': true,
      'trusted-registries': ['docker.io'],
      'strict-labels': false,
      'build-args': { VERSION: '3.10' },
      rules: {
        'too-long': { severity: 'info', options: { max: 3, strict: false, words: [] } },
        'two-codes': {
          severity: 'warning',
          'severity-by-code': { DL9001: 'error' },
          as: 'hadolint',
          codes: ['DL9001'],
        },
        ugly: { severity: 'info', fix: 'never' },
      },
    });
  });

  it.each([
    [
      ['--config', 'x', '--no-config'],
      '--config names a configuration and --no-config wants none; leave one of them out',
    ],
    [['--fix-rule', 'ugly'], '--fix-rule says whose fixes to apply; add --fix, or --diff to see them first'],
    [['--fix', '--fix-rule', 'uglyy'], 'No rule, code, category or preset is called `uglyy`. Did you mean `ugly`?'],
  ])('%j makes no sense', async (args, message) => {
    const { code, stderr } = await lint({ Dockerfile: CLEAN }, args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `iechorlint: ${message}\n` });
  });
});

describe('fixes', () => {
  const text = saying('doubtful', 'risky', 'ugly');
  const fixed = async (config: string, ...args: string[]) => {
    const files = { '.iechorlint.yaml': config };
    const { stdout } = await lint(files, ['--fix', '-q', ...args, '-'], { stdin: text });
    return stdout.replace(/^.*\n/, '').replaceAll(/[#\n]/g, '').trim();
  };

  it('are applied as the configuration has them', async () => {
    expect(await fixed('')).toBe('certain risky neat');
    expect(await fixed('rules: {risky: {fix: always}}')).toBe('certain bold neat');
    expect(await fixed('rules: {doubtful: {fix: never}, ugly: {fix: unsafe-only}}')).toBe('doubtful risky ugly');
    expect(await fixed('rules: {doubtful: {fix: never}, ugly: {fix: unsafe-only}}', '--unsafe-fixes')).toBe(
      'doubtful bold neat',
    );
  });

  it('are those of the rules that are named', async () => {
    expect(await fixed('', '--fix-rule', 'ugly')).toBe('doubtful risky neat');
    expect(await fixed('', '--fix-rule', 'T8', '--fix-rule=ugly')).toBe('certain risky neat');
    const { stdout } = await lint({ Dockerfile: text }, ['--diff', '--fix-rule', 'ugly']);
    expect(stdout).not.toContain('certain');
  });
});

describe('the README', () => {
  it('shows a configuration that is one', async () => {
    const readme = readFileSync('README.md', 'utf8');
    const [, text = ''] = /```yaml\n(# yaml-language-server.*?)```/s.exec(readme) ?? [];
    const cwd = folderWith({ Dockerfile: CLEAN, '.iechorlint.yaml': text });
    const { stderr, stdout } = await runIn(cwd, ['--print-config', 'dev.Dockerfile'], {}, rules);
    expect(stderr).toBe('');
    expect(Object.keys(JSON.parse(stdout).rules)).toContain('missing-user');
  });

  it('has every key', () => {
    const readme = readFileSync('README.md', 'utf8');
    for (const key of Object.keys(JSON.parse(schemaText(configRules)).properties))
      if (key !== '$schema') expect(readme).toContain(`\`${key}\``);
  });
});

describe('the schema', () => {
  it('knows every key, rule, code, category and option', () => {
    const schema = JSON.parse(schemaText(configRules));
    expect(Object.keys(schema.properties)).toContain('trusted-registries');
    expect(schema.properties.overrides.items.properties.rules.$ref).toBe('#/definitions/rules');
    for (const name of ['ugly', 'T4', 'DL9001', 'style', 'too-long'])
      expect(Object.keys(schema.definitions.rules.properties)).toContain(name);
    const [, list] = schema.definitions.rules.properties['too-long'].anyOf;
    expect(list.items[1].properties.max).toEqual({
      type: 'number',
      default: 1000,
      description: 'The most characters.',
    });
    for (const { description } of Object.values<{ description: string }>(schema.properties))
      expect(description).toMatch(/\.$/);
  });
});

describe('configure, from a program', () => {
  it('takes what is not told for nothing', () => {
    expect(configure(rules)).toEqual(configure(rules, { select: [], ignore: [] }));
    expect([...configure(rules, { select: ['DL3006'] }).rules.keys()].map(({ name }) => name)).toContain(
      'untagged-base',
    );
  });
});
