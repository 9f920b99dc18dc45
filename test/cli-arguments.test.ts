import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import yargs from 'yargs';
import { BUILD_FLAGS } from '../src/cli/build-flags.ts';
import { givenOf, isOn } from '../src/cli/given.ts';
import { mistakeIn, tokensOf } from '../src/cli/tokens.ts';
import { CLEAN, folderWith, run, runIn } from './support/cli.ts';

const FORMATS_TEXT =
  'pretty, compact, json, sarif, github, gitlab, codeclimate, junit, checkstyle, sonarqube, markdown, gnu or html';

describe('wrong use is one line with a hint, and 2', () => {
  it.each([
    [['--fixx'], 'unknown option `--fixx` (did you mean `--fix`?); see iechorlint --help'],
    [['--nofix'], 'unknown option `--nofix` (did you mean `--fix`?); see iechorlint --help'],
    [['-fix', 'x'], 'unknown option `-fix` (did you mean `--fix`?); see iechorlint --help'],
    [['--no-fix'], 'unknown option `--no-fix`; see iechorlint --help'],
    [['--outputFile', 'x'], 'unknown option `--outputFile` (did you mean `--output-file`?); see iechorlint --help'],
    [['--unsafe'], 'unknown option `--unsafe` (did you mean `--unsafe-fixes`?); see iechorlint --help'],
    [['--fix.x'], 'unknown option `--fix.x` (did you mean `--fix`?); see iechorlint --help'],
    [['--__proto__=x'], 'unknown option `--__proto__`; see iechorlint --help'],
    [['-x'], 'unknown option `-x`; see iechorlint --help'],
    [
      ['-t', 'app', '.'],
      'unknown option `-t`: it belongs to another command, as in iechorlint build -t NAME .; see iechorlint --help',
    ],
    [
      ['-qt', 'app'],
      'unknown option `-t`: it belongs to another command, as in iechorlint build -t NAME .; see iechorlint --help',
    ],
    [
      ['-qf', 'Dockerfile'],
      'unknown option `-f`: to lint, name the file alone, as in iechorlint Dockerfile; see iechorlint --help',
    ],
    [['-qx'], 'unknown option `-x` in `-qx`; see iechorlint --help'],
    [
      ['--no-cache'],
      'unknown option `--no-cache`: it belongs to another command, as in iechorlint build --no-cache .; see iechorlint --help',
    ],
    [
      ['-f', 'Dockerfile'],
      'unknown option `-f`: to lint, name the file alone, as in iechorlint Dockerfile; see iechorlint --help',
    ],
    [
      ['rules', '--fix-rule', 'x'],
      'unknown option `--fix-rule`: it belongs to another command, as in iechorlint lint --fix-rule VALUE; see iechorlint rules --help',
    ],
    [
      ['--fail-on', 'warn'],
      '--fail-on cannot be `warn`; it is error, warning, info, style or never (did you mean `warning`?); see iechorlint --help',
    ],
    [['--fix=yes'], '--fix takes no value, and got `yes`; see iechorlint --help'],
    [
      ['--format', 'sarf'],
      `--format cannot be \`sarf\`; it is ${FORMATS_TEXT} (did you mean \`sarif\`?); see iechorlint --help`,
    ],
    [['--format', '--fix'], `--format needs a value: ${FORMATS_TEXT}; see iechorlint --help`],
    [['--format', 'sarif='], '--format sarif= names no file; write --format sarif=FILE'],
    [
      ['--format', 'sarif=x', '--output-file', 'y'],
      '--output-file is for a --format without a file, and here each has one; leave it out',
    ],
    [['--format', 'sarif=x', '--format=json=x'], 'two reports would be written to x; name a file for each'],
    [['--select'], '--select needs a value; see iechorlint --help'],
    [
      ['lint', '--fail-on='],
      '--fail-on needs a value: error, warning, info, style or never; see iechorlint lint --help',
    ],
    [['--select', 'ugly,'], '--select has an empty item between its commas'],
    [['--max-file-size', 'huge'], '--max-file-size is a size such as 5MB, 500k or 80000, not `huge`'],
    [['--unsafe-fixes'], '--unsafe-fixes says which fixes to apply; add --fix, or --diff to see them first'],
    [['--diff', '--format', 'json'], '--diff prints a patch and no findings, so --format has no place beside it'],
    [
      ['--stdin-filename', 'x'],
      '--stdin-filename names what is read from standard input; add - to the paths to read it',
    ],
    [
      ['--output-file', 'Dockerfile'],
      'the report would overwrite Dockerfile, which is a file that is checked; name another',
    ],
    [
      ['--format', 'json', '--format', 'sarif=Dockerfile'],
      'the report would overwrite Dockerfile, which is a file that is checked; name another',
    ],
    [
      ['--since', 'main', '--fix'],
      '--since says which findings to report, and what writes files takes all; run one after the other',
    ],
    [['--since', 'main', '-'], '--since compares files, and standard input is none; leave out -'],
    [
      ['rules', '--fix'],
      'unknown option `--fix`: it belongs to another command, as in iechorlint lint --fix; see iechorlint rules --help',
    ],
    [['rules', 'x'], 'rules takes no `x`'],
    [['explain'], 'explain needs a rule, such as relative-workdir or DL3000, and nothing more'],
    [['ast'], 'ast needs a file; try `iechorlint ast iEchorfile`'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await run({ Dockerfile: CLEAN }, ...args);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `iechorlint: ${message}\n` });
  });

  it('also for a selector that names nothing', async () => {
    const { code, stderr } = await run({ Dockerfile: CLEAN }, '--select', 'doubtfull');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^iechorlint: .*`doubtfull`.*`doubtful`.*\n$/);
  });
});

describe('help', () => {
  it('names commands, options and exit codes, and fits the terminal', async () => {
    const { code, stdout } = await runIn(folderWith({}), ['--help'], { terminal: 60 });
    expect(code).toBe(0);
    for (const text of ['iechorlint explain', '--unsafe-fixes', 'Examples:', 'Exit codes:', 'node_modules', '.tmpl'])
      expect(stdout).toContain(text);
    const prose = stdout.slice(0, stdout.indexOf('Paths are'));
    expect(Math.max(...prose.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
    for (const args of [['-h'], ['.', '--help'], ['-qh']]) {
      expect((await run({}, ...args)).stdout).toBe((await run({}, '--help')).stdout);
    }
  });

  it('of a command has its own options alone', async () => {
    const { stdout } = await run({}, 'plan', '--help');
    expect(stdout).toMatch(/^iechorlint plan \[options\] \[context \| files\.\.\.\]\n/);
    expect(stdout).toContain('--build-arg');
    expect(stdout).not.toContain('--unsafe-fixes');
    expect((await run({}, '--help', 'plan')).stdout).toBe(stdout);
  });

  it('is the version for --version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    for (const flag of ['--version', '-V']) expect((await run({}, flag)).stdout).toBe(`${version}\n`);
  });
});

describe('completion', () => {
  const complete = async (...words: string[]) =>
    (await run({}, '--get-completions', 'bash', 'iechorlint', ...words)).stdout.split('\n').slice(0, -1);

  it('knows commands, options, their values and the rules', async () => {
    expect(await complete('')).toContain('explain');
    expect(await complete('--fi')).toEqual(['--fix', '--fix-rule']);
    expect(await complete('plan', '--t')).toEqual(['--target', '--timestamps']);
    expect(await complete('--fail-on', '')).toEqual(['error', 'warning', 'info', 'style', 'never']);
    expect(await complete('--ignore', 'ra')).toEqual(['rare']);
    expect(await complete('explain', 'u')).toEqual(['ugly']);
    expect(await complete('--format', 'json', 'ru')).toEqual(['run', 'rules']);
  });

  it('says what words mean where the shell shows it', async () => {
    const meaning = 'Apply those that may change it, too';
    const ask = async (shell: string) =>
      (await run({}, '--get-completions', shell, 'iechorlint', '--fix', '--uns')).stdout;
    expect(await ask('zsh')).toBe(`--unsafe-fixes:${meaning}\n`);
    expect(await ask('fish')).toBe(`--unsafe-fixes\t${meaning}\n`);
  });

  it('has a script for each shell, and names them', async () => {
    for (const shell of ['bash', 'zsh', 'fish'])
      expect((await run({}, 'completion', shell)).stdout).toContain(`--get-completions ${shell}`);
    const { code, stderr } = await run({}, 'completion', 'tcsh');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'iechorlint: completion needs the name of a shell: `bash`, `zsh`, `fish`\n',
    });
  });

  it('goes on behind a comma and behind =', async () => {
    expect(await complete('--ignore', 'ugly,ra')).toEqual(['ugly,rare']);
    expect(await complete('--format', '=', 'com')).toEqual(['compact']);
    expect(await complete('--format=com')).toEqual(['--format=compact']);
    expect(await complete('--quiet', '--ignore=ugly,ra')).toEqual(['--ignore=ugly,rare']);
  });

  it('leaves paths to the shell', async () => {
    expect(await complete('Dockerfile', '')).toEqual([]);
    expect(await complete('--output-file', '')).toEqual([]);
    expect(await complete('--', 'ex')).toEqual([]);
    expect(await complete('rules', '')).toEqual([]);
  });
});

describe('options and operands', () => {
  const readByYargs = (args: readonly string[]) => {
    const parser = yargs([]).help(false).version(false).exitProcess(false).parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    });
    for (const [name, { type, alias, array = false }] of Object.entries(BUILD_FLAGS))
      parser.option(name, { type, array, requiresArg: type === 'string', ...(alias ? { alias } : {}) });
    const { _: operands, $0: _program, ...options } = parser.parseSync([...args]);
    return { operands: operands.map(String), options };
  };

  it('are read as a library reads them', () => {
    const flags = '-q -t -qt -qqf -q=false --quiet=false --quiet --tag=a --tag --file --pull --file=json'.split(' ');
    // It takes `true` behind an option that has no value for its value, and `-` for none.
    const words = 'x -- json 1.50 0x10 lint completion a=b ü .'.split(' ');
    let compared = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...flags, ...words), { maxLength: 8 }), (args) => {
        const tokens = [...tokensOf(args, BUILD_FLAGS)];
        fc.pre(mistakeIn(tokens, BUILD_FLAGS) === undefined);
        const given = givenOf(tokens, BUILD_FLAGS);
        const { operands, options } = readByYargs(args);
        expect(given.operands).toEqual(operands);
        for (const name of ['quiet', 'pull']) expect(isOn(given, name)).toBe(isOn({ operands, options }, name));
        for (const name of ['tag', 'file']) expect(given.options[name] ?? []).toEqual([options[name] ?? []].flat());
        compared++;
      }),
      { numRuns: 300, seed: 4711 },
    );
    expect(compared).toBe(300);
  });

  it.each([
    [['-qt', 'name'], undefined],
    [['-qt'], '--tag needs a value'],
    [['-qt='], '--tag needs a value'],
    [['-qt', '--pull'], '--tag needs a value'],
    [['-q=no'], '-q takes no value, and got `no`'],
    [['-qx'], 'unknown option `-x` in `-qx`'],
    [['-xq=1'], 'unknown option `-x` in `-xq`'],
    [['-q😀q'], 'unknown option `-😀` in `-q😀q`'],
    [['-tag', 'name'], 'unknown option `-tag` (did you mean `--tag`?)'],
    [['-file=a'], 'unknown option `-file` (did you mean `--file`?)'],
  ])('of letters: %s', (args, mistake) => {
    expect(mistakeIn([...tokensOf(args, BUILD_FLAGS)], BUILD_FLAGS)).toBe(mistake);
  });

  it.each([
    [['-qt', 'a', 'x'], { quiet: [true], tag: ['a'] }, ['x']],
    [['-qta', 'x'], { quiet: [true], tag: ['a'] }, ['x']],
    [['-qt=a', 'x'], { quiet: [true], tag: ['a'] }, ['x']],
    [['-qta=b'], { quiet: [true], tag: ['a=b'] }, []],
    [['-qf-', '-tq', '-f', '-'], { quiet: [true], file: ['-', '-'], tag: ['q'] }, []],
    [['-qf', '-', '--', '-tq'], { quiet: [true], file: ['-'] }, ['-tq']],
    [['-qq=false'], { quiet: [true, false] }, []],
  ])('have values behind the last letter, as docker reads them: %s', (args, options, operands) => {
    const tokens = [...tokensOf(args, BUILD_FLAGS)];
    expect(mistakeIn(tokens, BUILD_FLAGS)).toBe(undefined);
    expect(givenOf(tokens, BUILD_FLAGS)).toEqual({ options, operands });
  });

  it.each([
    [['build', '--load', '.'], '`--load`: the image is put into the store; `iechorlint save NAME | docker load` hands'],
    [['--build', '--rm', '.'], '`--rm`: nothing of a step is left to be removed: leave it out'],
    [['build', '-m', '1g', '.'], '`-m`: steps are in no control group; --ulimit and --shm-size limit them'],
    [['run', '-d', 'hello'], '`-d`: it runs in front, and nothing of it is kept: leave it out'],
    [['run', '-P', 'hello'], '`-P`: name the ports, as in -p 8080:80'],
    [['pull', '-d', 'hello'], 'unknown option `-d`; see'],
  ])('of docker alone are told with what to do: %j', async (args, message) => {
    const { code, stderr } = await run({}, ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('hold for every command', async () => {
    const { stderr } = await run(
      { Dockerfile: CLEAN },
      'run',
      '-ite',
      'A=1',
      '-p8080:80',
      '--store',
      'none',
      '127.0.0.1:1/image',
    );
    expect(stderr).not.toMatch(/unknown|needs a value/);
    expect(stderr).toContain('the store has no 127.0.0.1:1/image: pulling it');
    const ended = await run({}, 'run', '--store', 'none', '--', '127.0.0.1:1/image', '-x');
    expect(ended.stderr).toContain('the store has no 127.0.0.1:1/image: pulling it');
  });
});
