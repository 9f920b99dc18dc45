import type { Instruction } from '../ast/nodes.ts';
import { descriptionIn, type Outline, type OutlineMount } from '../model/outline.ts';
import type { StageInfo } from '../model/stages.ts';
import { isSecretName } from '../report/mask-secrets.ts';
import type { Document } from '../source/document.ts';
import { tableLines } from './table.ts';

// As JSON, field by field what buildx prints ---------------------------------------------------------------------------

/** A range for each line: BuildKit counts no columns there. */
export const locationOf = ({ lines: { first, last } }: Pick<Instruction, 'lines'>) => ({
  ranges: Array.from({ length: last - first + 1 }, (_, index) => ({
    start: { line: first + index },
    end: { line: first + index },
  })),
});

const sourceOf = ({ text }: Document): string => Buffer.from(text).toString('base64');

export const outlineView = ({ stage, description, args, secrets, keys, caches }: Outline, document: Document) => ({
  name: stage.name,
  description,
  args: listed(args, ({ name, description, value, node }) => ({
    name,
    description,
    value: value || undefined,
    location: locationOf(node),
  })),
  secrets: listed(secrets, mountView),
  ssh: listed(keys, mountView),
  cache: listed(caches, ({ id, node }) => ({ ID: id, location: locationOf(node) })),
  sources: [sourceOf(document)],
});

/** What is empty is left out. */
const listed = <T, V>(items: readonly T[], view: (item: T) => V): readonly V[] | undefined =>
  items.length > 0 ? items.map(view) : undefined;

const mountView = ({ id, required, node }: OutlineMount) => ({
  name: id,
  required: required || undefined,
  location: locationOf(node),
});

export const targetsView = (stages: readonly StageInfo[], document: Document) => ({
  targets: stages.map(({ name, node: { from } }, index) => ({
    name,
    default: index === stages.length - 1 || undefined,
    description: descriptionIn(from, name),
    base: from?.image.raw,
    platform: from?.flags.find((flag) => flag.name.text === 'platform')?.value?.raw,
    location: from && locationOf(from),
  })),
  sources: [sourceOf(document)],
});

/** One thing that can be asked. */
export const descriptionView = ([name, description]: readonly [name: string, description: string]) => ({
  name: `frontend.${name}`,
  version: '1.0.0',
  type: 'rpc',
  description,
  opts: name === 'outline' ? [{ name: 'target', description: 'The stage, where it is not the last' }] : [],
  inputs: null,
  metadata: ['result.json', 'result.txt'].map((each) => ({ name: each, description: '' })),
  refs: null,
});

// As tables -----------------------------------------------------------------------------------------------------------

export const outlineText = ({ stage, description, args, secrets, keys, caches }: Outline): string => {
  const head = [['TARGET:', stage.name ?? '(default)']];
  if (description !== undefined) head.push(['DESCRIPTION:', description]);
  const mounts = (title: string, all: readonly OutlineMount[]) =>
    all.length > 0 ? [[[title, 'REQUIRED'], ...all.map(({ id, required }) => [id, required ? 'true' : ''])]] : [];
  const tables = [
    head,
    ...(args.length > 0 ? [[['BUILD ARG', 'VALUE', 'DESCRIPTION'], ...args.map(argRow)]] : []),
    ...mounts('SECRET', secrets),
    ...mounts('SSH', keys),
    ...(caches.length > 0 ? [[['CACHE MOUNT'], ...caches.map(({ id }) => [id])]] : []),
  ];
  return tables.map(tableLines).join('\n');
};

/** What looks like a secret is not put on a screen. */
const argRow = ({ name, value = '', description = '' }: Outline['args'][number]): readonly string[] => [
  name,
  value !== '' && isSecretName(name) ? '****' : value,
  description,
];

export const targetsText = (stages: readonly StageInfo[]): string => {
  const rows = stages.map(({ name, node: { from } }, index) => {
    const isDefault = index === stages.length - 1;
    return [[name ?? '', isDefault ? '(default)' : ''].filter(Boolean).join(' '), descriptionIn(from, name) ?? ''];
  });
  return tableLines([['TARGET', 'DESCRIPTION'], ...rows]);
};
