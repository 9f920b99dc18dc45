import type { Recipe } from './recipe.ts';

/** The image of each FROM with a digest behind it, where they were asked for. */
export type Digests = ReadonlyMap<string, string>;

const UNPINNED =
  '# iechorlint ignore-file=base-image-not-digest-pinned -- tags bring security updates; `iechorlint init --pin` writes digests';

/** The iEchorfile of a recipe. */
export const iechorfileText = ({ stages }: Recipe, digests: Digests): string => {
  const head = ['# syntax=docker/dockerfile:1', ...(digests.size > 0 ? [] : [UNPINNED])];
  const body = stages.map((lines) => lines.map((line) => pinned(line, digests)).join('\n'));
  return `${head.join('\n')}\n\n${body.join('\n\n')}\n`;
};

const pinned = (line: string, digests: Digests): string =>
  line.replace(/^(FROM |COPY --from=)(\S+)/, (whole, before: string, image: string) => {
    const digest = digests.get(image);
    return digest === undefined ? whole : `${before}${image}@${digest}`;
  });

/** The images that a recipe takes from a registry, each once. */
export const imagesIn = ({ stages }: Recipe): readonly string[] => {
  const images = stages.flat().flatMap((line) => /^(?:FROM |COPY --from=)(\S+[:/]\S+)/.exec(line)?.[1] ?? []);
  return [...new Set(images)];
};

/** What no image needs: history, secrets, and the files that say how to build it. */
const ALWAYS = [
  ['.git', '.gitignore', '.github', '.gitlab-ci.yml', '.idea', '.vscode', '.DS_Store'],
  ['.env', '.env.local', '.env.*.local', '**/*.pem', '**/*.key'],
  ['iEchorfile', 'Dockerfile*', '.dockerignore', 'compose*.yaml', 'docker-compose*.yml', '.iechorlint.*'],
];

export const ignoreText = ({ ignored }: Recipe): string =>
  [
    '# What a COPY never takes; patterns count from this folder, `**/` stands for any folders.',
    ...ALWAYS.flatMap((group) => [...group, '']),
    ...ignored,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');

/** A service that is reached from this machine alone. */
export const composeText = ({ port }: Recipe, name: string, file: string): string =>
  [
    'services:',
    `  ${serviceName(name)}:`,
    '    build:',
    '      context: .',
    `      dockerfile: ${file}`,
    '    init: true',
    '    restart: unless-stopped',
    '    security_opt:',
    '      - no-new-privileges:true',
    ...(port === undefined ? [] : ['    ports:', `      - "127.0.0.1:${port}:${port}"`]),
    '',
  ].join('\n');

/** A name of a folder as one of an image or a service. */
export const serviceName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '') || 'app';
