import { defineRule, hadolintPinsIn, programsOf, unpinnedForHadolint, unpinnedInstalls, unpinnedProblem } from '#lint';

export default defineRule({
  name: 'unpinned-language-package',
  codes: ['DL3013', 'DL3016', 'DL3028', 'DL3062', 'DF051', 'DF053', 'DF054'],
  category: 'reproducibility',
  summary: 'A package of a programming language is installed without a version',
  why: `The build takes the newest release of that day, the one that breaks the program too, and the same file gives another image tomorrow. Name
    a version, or list the packages in a file with versions.`,
  severity: 'info',
  when: {
    instructions: ['Run'],
    programs: [
      ...programsOf('pip', 'uv', 'poetry', 'pipenv', 'conda', 'npm', 'yarn', 'pnpm', 'bun'),
      ...programsOf('gem', 'composer', 'go', 'cargo', 'nuget'),
    ],
  },
  examples: [
    { bad: 'FROM python:3.13\nRUN pip install --no-cache-dir flask "gunicorn==23.0.0"\n' },
    { bad: 'FROM node:22\nRUN npm install -g @angular/cli && npm install -g serve@latest\n' },
    { bad: 'FROM ruby:3.4\nRUN gem install rails\n' },
    { bad: 'FROM golang:1.24\nRUN go install golang.org/x/tools/gopls@latest\n' },
    { bad: 'FROM rust:1.88\nRUN cargo install ripgrep\n' },
    {
      title: 'The default branch of a repository',
      bad: 'FROM python:3.13\nRUN pip install git+https://github.com/example/tool.git#egg=tool\n',
    },
    {
      title: 'A tag of a repository',
      good: 'FROM python:3.13\nRUN pip install git+ssh://git@github.com/example/tool.git@v1.2 && npm i git+https://github.com/a/b#v2\n',
    },
    {
      title: 'With versions, or bounds',
      good: 'FROM python:3.13\nARG FLASK=3.1.0\nRUN pip install flask==$FLASK "gunicorn>=23,<24" && uv pip install ruff~=0.12.0\n',
    },
    {
      title: 'A file says the versions',
      good: 'FROM python:3.13\nRUN pip install -r requirements.txt && pip install -c constraints.txt flask && npm install\n',
    },
    {
      title: 'The value of an option',
      good: 'FROM python:3.13\nRUN pip3.13 install --root-user-action ignore flask==3.1.0\n',
    },
    { title: 'The installer itself', good: 'FROM python:3.13\nRUN pip install --upgrade pip setuptools wheel\n' },
    {
      title: 'The module that it stands in says which version',
      good: 'FROM golang:1.24\nCOPY go.mod go.sum ./\nRUN go install github.com/example/tool\n',
    },
    {
      title: 'Files, folders and what a variable decides',
      good: 'FROM node:22\nRUN npm install -g ./tool.tgz $TOOLS && pip install . && gem install app.gem\n',
    },
    {
      title: 'Under any name of pip',
      as: 'hadolint',
      bad: 'FROM python:3.13\nRUN pip3.13 install flask\n',
    },
    { title: 'A source file', as: 'hadolint', good: 'FROM golang:1.24\nRUN go run gen.go && go run ./cmd/gen\n' },
    {
      title: 'hadolint does not know of go.mod',
      as: 'hadolint',
      bad: 'FROM golang:1.24\nRUN go install github.com/example/tool\n',
    },
  ],
  check({ model, as }) {
    const hadolintPins = as && hadolintPinsIn(model, 'language');
    return {
      *Run(node) {
        if (hadolintPins) {
          for (const pin of hadolintPins(node)) yield { ...unpinnedForHadolint(pin), anchors: { hadolint: node } };
        } else {
          for (const install of unpinnedInstalls(model, node, 'language')) yield unpinnedProblem(install, CODES);
        }
      },
    };
  },
});

const CODES: Readonly<Record<string, readonly string[]>> = {
  pip: ['DL3013', 'DF051'],
  npm: ['DL3016'],
  gem: ['DL3028', 'DF053'],
  go: ['DL3062', 'DF054'],
};
