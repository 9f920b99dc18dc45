import {
  defineRule,
  type Edit,
  type Iechorfile,
  insertAfter,
  type LooseInstall,
  looseInstalls,
  type Problem,
  programsOf,
  replace,
} from '#lint';

export default defineRule({
  name: 'lock-file-not-enforced',
  codes: ['DF031'],
  category: 'reproducibility',
  summary: 'An install may take other versions than the lock file names',
  why: `Where manifest and lock file do not fit, a plain install resolves versions anew and says nothing: the image has versions that nobody tried.
    Held to the lock file it fails instead, and the mistake is found.`,
  severity: 'info',
  when: { instructions: ['Run'], programs: programsOf('npm', 'yarn', 'pnpm', 'bun', 'cargo', 'uv', 'pipenv') },
  fix: { safety: 'unsafe', note: 'The build fails where manifest and lock file do not fit.' },
  examples: [
    {
      bad: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm install --omit=dev\n',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\n',
    },
    {
      bad: 'FROM node:22\nWORKDIR /app\nCOPY package.json yarn.lock ./\nRUN yarn && yarn build\n',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package.json yarn.lock ./\nRUN yarn --frozen-lockfile && yarn build\n',
    },
    {
      bad: 'FROM rust:1.88\nWORKDIR /src\nCOPY Cargo.toml Cargo.lock ./\nCOPY src src\nRUN cargo install --path .\n',
      good: 'FROM rust:1.88\nWORKDIR /src\nCOPY Cargo.toml Cargo.lock ./\nCOPY src src\nRUN cargo install --locked --path .\n',
    },
    {
      bad: 'FROM python:3.13\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --no-dev\n',
      good: 'FROM python:3.13\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-dev\n',
    },
    {
      title: 'There may be no lock file',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm install\n',
    },
    {
      title: 'Held to it in another way',
      good: 'FROM node:22\nENV CI=true\nWORKDIR /app\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm install\n',
    },
    {
      title: 'Another project, another package',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm install -g serve@14.2.0 && cd /tools && npm install\nRUN npm install $OPTIONS\n',
    },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        for (const install of looseInstalls(model, node)) yield problemOf(file, install);
      },
    };
  },
});

const problemOf = (file: Iechorfile, install: LooseInstall): Problem => {
  const { command, frozen, lock } = install;
  const [verb] = command.operands;
  const asked = verb ? `${command.name} ${verb.text ?? verb.raw}` : `${command.name}`;
  const instead = frozen.startsWith('-') ? `${asked} ${frozen}` : `${command.name} ${frozen}`;
  return {
    at: { start: command.start, end: verb?.end ?? command.word?.end ?? command.end },
    message: `\`${asked}\` may take other versions than \`${lock}\` names`,
    help: `Write \`${instead}\`, which fails where the two files do not fit.`,
    fix: fixOf(file, install, `Write \`${instead}\``),
  };
};

const fixOf = (
  file: Iechorfile,
  { command, frozen }: LooseInstall,
  title: string,
): { title: string; edits: Edit[] } | undefined => {
  const word = command.operands[0] ?? command.word;
  if (!word || file.text.slice(word.start, word.end) !== word.raw) return undefined;
  return { title, edits: [frozen.startsWith('-') ? insertAfter(word, ` ${frozen}`) : replace(word, frozen)] };
};
