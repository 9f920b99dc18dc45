import { stringify } from 'yaml';
import type { Config } from './model.ts';

/** Where the schema of the configuration is in a project that has the package. */
const SCHEMA_PLACE = './node_modules/iechorlint/schema.json';

/** A key of the template: what it is for, and what it may look like where it is not set. */
interface Section {
  readonly key: keyof Config;
  readonly comment: string;
  readonly example?: Config;
}

const SECTIONS: readonly Section[] = [
  { key: 'root', comment: 'Configurations in the folders above count no more.' },
  {
    key: 'ruleset',
    comment: 'The rules as they were then: a new release brings no new one until a later set is named here.',
  },
  {
    key: 'presets',
    comment: 'Which rules run: recommended, strict, security, format, all, or what hadolint or buildkit say.',
  },
  {
    key: 'rules',
    comment:
      'By name, code of another tool, or category: off, on, a severity, [severity, {options}], or {severity, fix, options}.',
    example: { rules: new Map([['untagged-base', { severity: 'error' }]]) },
  },
  {
    key: 'trusted-registries',
    comment: 'Registries that images may come from; * stands for any characters.',
    example: { 'trusted-registries': ['docker.io', '*.example.com'] },
  },
  {
    key: 'labels',
    comment: 'Labels that an image must have, and what they are: text, rfc3339, semver, hash, url, spdx or email.',
    example: { labels: new Map([['org.opencontainers.image.version', 'semver']]) },
  },
  { key: 'strict-labels', comment: 'Whether it may have no others.', example: { 'strict-labels': true } },
  {
    key: 'build-args',
    comment: 'Values of ARGs in the build that counts.',
    example: { 'build-args': new Map([['VERSION', '1.2']]) },
  },
  { key: 'target', comment: 'The stage that is built, where it is not the last.', example: { target: 'release' } },
  {
    key: 'ignore',
    comment: 'Files that are not checked, as in .gitignore.',
    example: { ignore: ['testdata/'] },
  },
  {
    key: 'overrides',
    comment: 'Settings for some files; the later outrank the earlier.',
    example: { overrides: [{ files: ['dev.Dockerfile'], presets: ['security'] }] },
  },
  {
    key: 'fail-on',
    comment: 'The least severity that makes the exit code 1, or never.',
    example: { 'fail-on': 'warning' },
  },
  {
    key: 'inline-ignores',
    comment: 'Whether comments in a file may ignore findings.',
    example: { 'inline-ignores': true },
  },
];

/** A commented `.iechorlint.yaml` that says what the configuration does; `remarks` are put behind the rules of their names. */
export const templateOf = (config: Config, remarks: ReadonlyMap<string, string> = new Map()): string => {
  const head = [
    `# yaml-language-server: $schema=${SCHEMA_PLACE}`,
    '# `iechorlint --print-config FILE` shows what is in force for a file.',
  ];
  return `${[head.join('\n'), ...SECTIONS.map((section) => sectionOf(section, config))]
    .join('\n\n')
    .replace(/^ {2}(\w+): \w+$/gm, (line, name: string) => `${line} ${remarks.get(name) ?? ''}`.trimEnd())}\n`;
};

const sectionOf = ({ key, comment, example }: Section, config: Config): string => {
  const value = config[key];
  if (value !== undefined) return `# ${comment}\n${yamlOf({ [key]: plain(key, value) })}`;
  const lines = yamlOf({ [key]: plain(key, example?.[key]) }).split('\n');
  return `# ${comment}\n${lines.map((line) => `# ${line}`).join('\n')}`;
};

const yamlOf = (value: unknown): string => stringify(value, { lineWidth: 0, collectionStyle: 'any' }).trimEnd();

/** Rules as people write them: a severity alone where there is nothing else. */
const plain = (key: keyof Config, value: Config[keyof Config]): unknown => {
  if (key !== 'rules' || !(value instanceof Map)) return value;
  return new Map(
    Array.from(value, ([name, choice]) => {
      const { severity, ...rest } = choice;
      return [name, severity !== undefined && Object.keys(rest).length === 0 ? severity : choice];
    }),
  );
};
