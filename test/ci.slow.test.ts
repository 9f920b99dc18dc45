import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';

let cli = { file: '', remove: () => {} };

beforeAll(async () => {
  cli = await bundleCli();
}, 60_000);

afterAll(() => cli.remove());

const BAD = 'FROM alpine:3.22\nWORKDIR app\nCMD ["x"]\n';
const GOOD = 'FROM scratch\n';

const action = parse(readFileSync('action.yml', 'utf8'));
const gitlab = parse(readFileSync('ci/gitlab.yml', 'utf8'));

/** The text of an expression, with the inputs and the outputs of steps that a workflow would have. */
const evaluated = (text: string, known: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => {
    expect(known).toHaveProperty([name]);
    return known[name] ?? '';
  });

/** Runs the steps of the action that are shell, as GitHub runs them. */
const runAction = (files: Record<string, string>, given: Readonly<Record<string, string>> = {}) => {
  const cwd = folderWith(files);
  const temporary = folderWith({ output: '', summary: '' });
  const own = folderWith({
    'dist/package.json': '{ "type": "module" }',
    'dist/cli.js': `import ${JSON.stringify(cli.file)};\n`,
  });
  const known: Record<string, string> = {};
  for (const [name, { default: value }] of Object.entries<{ default: string }>(action.inputs))
    known[`inputs.${name}`] = given[name] ?? value;
  let status: number | null = 0;
  let stdout = '';
  for (const step of action.runs.steps.filter(({ run }: { run?: string }) => run !== undefined)) {
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries<string>(step.env ?? {})) env[name] = evaluated(value, known);
    const script = join(temporary, 'script.sh');
    writeFileSync(script, step.run);
    const result = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTION_PATH: own,
        GITHUB_OUTPUT: join(temporary, 'output'),
        GITHUB_STEP_SUMMARY: join(temporary, 'summary'),
        RUNNER_TEMP: temporary,
        ...env,
      },
    });
    stdout += result.stdout;
    status = result.status;
    for (const [, name, value = ''] of readFileSync(join(temporary, 'output'), 'utf8').matchAll(/^([\w-]+)=(.*)$/gm))
      known[`steps.lint.outputs.${name}`] = value;
    if (status !== 0) break;
  }
  const summary = readFileSync(join(temporary, 'summary'), 'utf8');
  const sarif = () => JSON.parse(readFileSync(join(cwd, known['inputs.sarif-file'] ?? ''), 'utf8'));
  return { status, stdout, summary, sarif, code: known['steps.lint.outputs.exit-code'] };
};

describe.skipIf(process.platform === 'win32')('the GitHub action', { timeout: 60_000 }, () => {
  it('is a composite one whose scripts hold no expression', () => {
    expect(action.runs.using).toBe('composite');
    for (const { run = '', shell, uses } of action.runs.steps) {
      expect(run).not.toContain('${{');
      expect(uses ?? shell).toMatch(/^bash$|^[\w-]+\/[\w/-]+@v\d+$/);
    }
  });

  it('annotates, sums up, writes SARIF, and fails as the command does', () => {
    const { status, stdout, summary, sarif, code } = runAction({ 'a b/Dockerfile': BAD });
    expect({ status, code }).toEqual({ status: 1, code: '1' });
    expect(stdout).toMatch(/^::warning file=a b\/Dockerfile,line=2,.*relative-workdir/m);
    expect(summary).toMatch(/^## iechorlint: .*warning.*[\s\S]*<code>a b\/Dockerfile<\/code>/);
    expect(sarif().runs[0].results.length).toBeGreaterThan(0);
    expect(runAction({ Dockerfile: GOOD })).toMatchObject({ status: 0, code: '0', stdout: '' });
  });

  it('takes paths and options a line each, and what is in them is no command', () => {
    const files = { 'a b/Dockerfile': BAD, 'c/Dockerfile': BAD, '$(touch x)`y`': BAD };
    const { stdout, code } = runAction(files, {
      paths: 'a b\n$(touch x)`y`\n\n',
      options: '--fail-on=never\n--select=relative-workdir\n',
      'sarif-file': 'o p.sarif',
    });
    expect(code).toBe('0');
    expect(stdout.match(/file=[^,]*/g)).toEqual(['file=a b/Dockerfile', 'file=$(touch x)`y`']);
  });

  it('tells wrong use, and 2', () => {
    const { status, code, summary } = runAction({ Dockerfile: GOOD }, { since: 'main' });
    expect({ status, code, summary }).toEqual({ status: 2, code: '2', summary: '' });
  });
});

describe.skipIf(process.platform === 'win32')('the problem matcher', { timeout: 60_000 }, () => {
  const { problemMatcher: matchers } = JSON.parse(readFileSync('ci/problem-matcher.json', 'utf8'));

  /** What GitHub would make of a line. */
  const annotationOf = (line: string) => {
    for (const { owner, severity, pattern } of matchers) {
      const [{ regexp, ...groups }] = pattern;
      const match = new RegExp(regexp).exec(line);
      if (!match) continue;
      const named = Object.entries<number>(groups).map(([name, group]) => [name, match[group]]);
      return { owner, ...(severity ? { severity } : {}), ...Object.fromEntries(named) };
    }
    return undefined;
  };

  it('makes an annotation of each finding, and of nothing else', () => {
    const { stdout, status } = runAction(
      { 'a b/Dockerfile': `${BAD}RUN cd /x && make\n` },
      { annotations: 'matcher', options: '--select=all' },
    );
    expect(status).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^::add-matcher::.*\/ci\/problem-matcher\.json$/);
    expect(lines.slice(-2)).toEqual([
      '::remove-matcher owner=iechorlint::',
      '::remove-matcher owner=iechorlint-notice::',
    ]);
    const found = lines.slice(1, -2).filter((line) => /:\d+:\d+: /.test(line));
    expect(found.length).toBeGreaterThan(3);
    const annotations = found.map(annotationOf);
    for (const each of annotations) {
      expect(each).toMatchObject({ file: 'a b/Dockerfile', line: expect.stringMatching(/^\d+$/) });
      expect(['error', 'warning', 'notice']).toContain(each?.severity);
    }
    expect(annotations).toContainEqual({
      owner: 'iechorlint',
      file: 'a b/Dockerfile',
      line: '2',
      column: '9',
      severity: 'warning',
      code: 'relative-workdir',
      message: expect.stringContaining('`app`'),
    });
    expect(new Set(annotations.map((each) => each?.severity))).toContain('notice');
    expect(lines.filter((line) => !found.includes(line)).map(annotationOf)).not.toContainEqual(expect.anything());
  });

  it('is not there where nothing is to be annotated', () => {
    const { stdout } = runAction({ Dockerfile: BAD }, { annotations: 'none' });
    expect(stdout).toMatch(/^Dockerfile:2:9: warning relative-workdir: /m);
    expect(stdout).not.toMatch(/^::/m);
  });
});

/** Runs a script with `npm` doing nothing and `iechorlint` being this one. */
const runScript = (script: string, cwd: string, variables: Readonly<Record<string, string>>) => {
  const programs = folderWith({});
  const program = `#!/bin/sh\nexec '${process.execPath}' '${cli.file}' "$@"\n`;
  mkdirSync(join(programs, 'bin'));
  writeFileSync(join(programs, 'iechorlint'), program, { mode: 0o755 });
  writeFileSync(join(programs, 'bin/iechorlint'), program, { mode: 0o755 });
  writeFileSync(join(programs, 'npm'), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 });
  const env = { ...variables, PATH: `${programs}:${process.env.PATH}`, NPM_CONFIG_PREFIX: programs };
  const { status, stdout } = spawnSync('sh', ['-ec', script], { cwd, env, encoding: 'utf8' });
  return { status, stdout };
};

describe.skipIf(process.platform === 'win32')('the Job of Kubernetes', { timeout: 60_000 }, () => {
  const job = parse(readFileSync('ci/kubernetes.yaml', 'utf8'));
  const [container] = job.spec.template.spec.containers;
  const env = Object.fromEntries(
    container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );

  it('has a pod for each part, and all together check each file once', () => {
    expect(job.spec).toMatchObject({
      completionMode: 'Indexed',
      completions: Number(env.PARTS),
      backoffLimitPerIndex: 0,
    });
    expect(container.command).toEqual(['/bin/sh', '-ec']);
    const names = Array.from({ length: 30 }, (_, at) => `${at}/Dockerfile`);
    const cwd = folderWith(Object.fromEntries(names.map((name) => [name, BAD])));
    const reports = folderWith({});
    const script: string = container.args[0].replaceAll('/reports/', `${reports}/`);
    const checked: string[] = [];
    for (let index = 0; index < job.spec.completions; index++) {
      const { stdout, status } = runScript(script, cwd, { ...env, JOB_COMPLETION_INDEX: String(index) });
      expect(stdout).toContain('npm install --global --no-audit --no-fund iechorlint\n');
      const { artifacts, automationDetails } = JSON.parse(
        readFileSync(join(reports, `part-${index + 1}.sarif`), 'utf8'),
      ).runs[0];
      expect(automationDetails.id).toBe(`iechorlint/${index + 1}-of-8/`);
      expect(status).toBe(artifacts.length > 0 ? 1 : 0);
      checked.push(...artifacts.map(({ location }: { location: { uri: string } }) => location.uri));
    }
    expect(checked.sort()).toEqual(names.sort());
    const together = merged(reports);
    if (together) expect(together).toEqual([...names].map((name) => `${name} relative-workdir`).sort());
  });

  /** The findings in what the command of the comment makes of all reports; undefined where it does not run here. */
  const merged = (reports: string): readonly string[] | undefined => {
    const [, command = ''] =
      /`npx @microsoft\/sarif-multitool (merge .*?)`/.exec(readFileSync('ci/kubernetes.yaml', 'utf8')) ?? [];
    const program: string = createRequire(import.meta.url)('@microsoft/sarif-multitool');
    chmodSync(program, 0o755);
    const env = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };
    const args = command.replaceAll("'", '').replace('reports/', `${reports}/`).split(' ');
    const { status, stdout, error } = spawnSync(program, args, { cwd: reports, env, encoding: 'utf8' });
    if (error) return undefined;
    expect(stdout).toContain('Merge completed');
    expect(status).toBe(0);
    const { runs } = JSON.parse(readFileSync(join(reports, 'iechorlint.sarif'), 'utf8'));
    type Result = { ruleId: string; locations: { physicalLocation: { artifactLocation: { uri: string } } }[] };
    return runs
      .flatMap(({ results }: { results: Result[] }) => results)
      .filter(({ ruleId }: Result) => ruleId === 'relative-workdir')
      .map(({ ruleId, locations }: Result) => `${locations[0]?.physicalLocation.artifactLocation.uri} ${ruleId}`)
      .sort();
  };
});

describe.skipIf(process.platform === 'win32')('recipes for other systems', { timeout: 60_000 }, () => {
  it('of Azure Pipelines write what they publish', () => {
    const { parameters, steps } = parse(readFileSync('ci/azure-pipelines.yml', 'utf8'));
    const defaults = Object.fromEntries(
      parameters.map((each: { name: string; default: string }) => [each.name, each.default]),
    );
    const cwd = folderWith({ Dockerfile: BAD });
    const valueOf = (text: string) =>
      text
        .replaceAll('$(Build.ArtifactStagingDirectory)', cwd)
        .replace(/\$\{\{ parameters\.(\w+) \}\}/g, (_, name: string) => defaults[name]);
    const statuses = steps.flatMap(({ bash, env = {} }: { bash?: string; env?: Record<string, string> }) => {
      if (bash === undefined) return [];
      expect(bash).not.toContain('${{');
      return runScript(bash, cwd, Object.fromEntries(Object.entries(env).map(([name, text]) => [name, valueOf(text)])))
        .status;
    });
    expect(statuses).toEqual([0, 1]);
    const published = steps.flatMap(({ inputs }: { inputs?: Record<string, string> }) =>
      [inputs?.testResultsFiles, inputs?.PathtoPublish].flatMap((path) => (path ? [valueOf(path)] : [])),
    );
    expect(published).toHaveLength(2);
    for (const path of published) expect(readFileSync(path, 'utf8')).toContain('relative-workdir');
  });

  it('of Jenkins write what they record', () => {
    const text = readFileSync('ci/Jenkinsfile', 'utf8');
    const [, script = ''] = /sh '''(.*?)'''/s.exec(text) ?? [];
    const [, pattern = ''] = /pattern: '(.*?)'/.exec(text) ?? [];
    const cwd = folderWith({ Dockerfile: BAD });
    expect(
      runScript(script, cwd, { IECHORLINT_PACKAGE: 'x', IECHORLINT_PATHS: '.', IECHORLINT_OPTIONS: '' }).status,
    ).toBe(1);
    expect(readFileSync(join(cwd, pattern), 'utf8')).toContain('relative-workdir');
  });
});

/** Runs the script of the GitLab job, with `npm` doing nothing and `iechorlint` being this one. */
const runGitlab = (files: Record<string, string>, variables: Readonly<Record<string, string>> = {}) => {
  const cwd = folderWith(files);
  const programs = folderWith({});
  mkdirSync(programs, { recursive: true });
  const program = `#!/bin/sh\nexec '${process.execPath}' '${cli.file}' "$@"\n`;
  writeFileSync(join(programs, 'iechorlint'), program, { mode: 0o755 });
  writeFileSync(join(programs, 'npm'), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 });
  const env = { ...gitlab.iechorlint.variables, ...variables, PATH: `${programs}:${process.env.PATH}` };
  const script = ['set -eo pipefail', ...gitlab.iechorlint.script].join('\n');
  const { status, stdout } = spawnSync('bash', ['-c', script], { cwd, env, encoding: 'utf8' });
  const report = gitlab.iechorlint.artifacts.reports.codequality;
  return { status, stdout, issues: JSON.parse(readFileSync(join(cwd, report), 'utf8')) };
};

describe.skipIf(process.platform === 'win32')('the GitLab job', { timeout: 60_000 }, () => {
  it('prints the findings, and writes the report that it names', () => {
    const { status, stdout, issues } = runGitlab({ Dockerfile: BAD }, { IECHORLINT_PACKAGE: 'x@1' });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^npm install --global --no-audit --no-fund x@1\n/);
    expect(stdout).toMatch(/Dockerfile:2:9 {2}warning {2}relative-workdir/);
    expect(issues).toContainEqual(
      expect.objectContaining({
        check_name: 'relative-workdir',
        location: { path: 'Dockerfile', lines: { begin: 2, end: 2 } },
      }),
    );
    const calm = runGitlab(
      { 'a/Dockerfile': BAD, 'b/Dockerfile': GOOD },
      { IECHORLINT_PATHS: 'a b', IECHORLINT_OPTIONS: '--fail-on never' },
    );
    expect(calm.status).toBe(0);
  });
});
