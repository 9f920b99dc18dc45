import { textAt, textsAt, tomlIn } from './data.ts';
import { type Folder, has, presentOf } from './folder.ts';
import { IMAGES, USERS, VERSIONS, versionIn } from './images.ts';
import { pythonAppOf } from './python-apps.ts';
import { cachedRun, programOf, type Recipe } from './recipe.ts';
import { pythonVersionFor } from './versions.ts';

/** A project with a pyproject.toml, requirements or a manage.py. */
export const pythonRecipe = (folder: Folder): Recipe | undefined => {
  const manager = managerOf(folder);
  if (manager === undefined) return undefined;
  const packages = packagesIn(folder);
  const app = pythonAppOf(folder, packages);
  const image = IMAGES.python(pythonVersion(folder));
  const final = [
    `FROM ${image}`,
    `ENV PATH=${manager.environment}/bin:$PATH PYTHONUNBUFFERED=1${app.needsPath ? ' PYTHONPATH=/app' : ''}`,
    'WORKDIR /app',
    ...(manager.environment.startsWith('/app/')
      ? []
      : [`COPY --from=build ${manager.environment} ${manager.environment}`]),
    manager.environment.startsWith('/app/') ? 'COPY --from=build /app ./' : 'COPY . .',
    ...programOf(USERS.other, app.command, app.port, 'python'),
  ];
  return {
    kind: 'python',
    title: ['Python', manager.name, app.title].filter(Boolean).join(', '),
    stages: [manager.build(image), final],
    ignored: [
      '**/__pycache__',
      '**/*.pyc',
      '.venv',
      'venv',
      '.pytest_cache',
      '.mypy_cache',
      '.ruff_cache',
      '.tox',
      '*.egg-info',
    ],
    port: app.port,
    notes: [...manager.notes, ...app.notes],
  };
};

interface Manager {
  readonly name: string;
  /** The virtual environment with the packages. */
  readonly environment: string;
  readonly build: (image: string) => readonly string[];
  readonly notes: readonly string[];
}

const managerOf = (folder: Folder): Manager | undefined => {
  const project = tomlIn(folder, 'pyproject.toml');
  if (has(folder, 'uv.lock')) return uv;
  if (textAt(project, 'tool', 'poetry', 'name') !== undefined || has(folder, 'poetry.lock')) return poetry(folder);
  if (has(folder, 'requirements.txt')) return pip(folder);
  if (has(folder, 'pyproject.toml')) return pyproject;
  return has(folder, 'manage.py') || has(folder, 'setup.py') ? pip(folder) : undefined;
};

const uv: Manager = {
  name: 'uv',
  environment: '/app/.venv',
  notes: [],
  build: (image) => [
    `FROM ${image} AS build`,
    `COPY --from=${IMAGES.uv} /uv /usr/local/bin/uv`,
    'ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON=/usr/local/bin/python',
    'WORKDIR /app',
    'COPY pyproject.toml uv.lock ./',
    cachedRun(['/root/.cache/uv'], 'uv sync --locked --no-dev --no-install-project'),
    'COPY . .',
    cachedRun(['/root/.cache/uv'], 'uv sync --locked --no-dev'),
  ],
};

const poetry = (folder: Folder): Manager => ({
  name: 'Poetry',
  environment: '/app/.venv',
  notes: has(folder, 'poetry.lock') ? [] : ['there is no poetry.lock; run `poetry lock` and commit it'],
  build: (image) => [
    `FROM ${image} AS build`,
    cachedRun(['/root/.cache/pip'], `pip install poetry==${VERSIONS.poetry}`),
    'ENV POETRY_VIRTUALENVS_IN_PROJECT=1 POETRY_NO_INTERACTION=1',
    'WORKDIR /app',
    `COPY ${['pyproject.toml', ...presentOf(folder, 'poetry.lock')].join(' ')} ./`,
    cachedRun(['/root/.cache/pypoetry'], 'poetry install --only main --no-root'),
    'COPY . .',
  ],
});

const pip = (folder: Folder): Manager => {
  const files = requirementFiles(folder);
  return {
    name: 'pip',
    environment: '/opt/venv',
    notes: files.length > 0 ? [] : ['no requirements.txt says what is needed; write one with `pip freeze`'],
    build: (image) => [
      `FROM ${image} AS build`,
      'WORKDIR /app',
      'RUN python -m venv /opt/venv',
      'ENV PATH=/opt/venv/bin:$PATH',
      ...copiesOf(files),
      ...(files.length > 0 ? [cachedRun(['/root/.cache/pip'], 'pip install -r requirements.txt')] : []),
    ],
  };
};

/** Files of a folder go into one of that name. */
const copiesOf = (files: readonly string[]): readonly string[] => {
  const top = files.filter((path) => !path.includes('/'));
  const folders = [...new Set(files.flatMap((path) => /^(.*)\//.exec(path)?.[1] ?? []))];
  return [...(top.length > 0 ? [`COPY ${top.join(' ')} ./`] : []), ...folders.map((each) => `COPY ${each} ./${each}`)];
};

/** requirements.txt, and what it names by `-r` and `-c`. */
const requirementFiles = (folder: Folder): readonly string[] => {
  const text = folder.text('requirements.txt');
  if (text === undefined) return [];
  const named = Array.from(text.matchAll(/^\s*-[rc]\s+([\w./-]+)/gm), ([, path = '']) => path.replace(/^\.\//, ''));
  return ['requirements.txt', ...named.filter((path) => !path.includes('..') && folder.text(path) !== undefined)];
};

const pyproject: Manager = {
  name: 'pip',
  environment: '/opt/venv',
  notes: ['no lock file says which packages to take; with uv, `uv lock` writes one'],
  build: (image) => [
    `FROM ${image} AS build`,
    'WORKDIR /app',
    'RUN python -m venv /opt/venv',
    'ENV PATH=/opt/venv/bin:$PATH',
    'COPY . .',
    cachedRun(['/root/.cache/pip'], 'pip install .'),
  ],
};

const pythonVersion = (folder: Folder): string => {
  const project = tomlIn(folder, 'pyproject.toml');
  const wanted =
    textAt(project, 'project', 'requires-python') ?? textAt(project, 'tool', 'poetry', 'dependencies', 'python');
  return versionIn(folder.text('.python-version'), 2) ?? pythonVersionFor(wanted);
};

/** The names of the packages that the project asks for, in lower case, with what is asked of them. */
const packagesIn = (folder: Folder): ReadonlySet<string> => {
  const project = tomlIn(folder, 'pyproject.toml');
  const lines = [
    ...textsAt(project, 'project', 'dependencies'),
    ...requirementFiles(folder).flatMap((path) => (folder.text(path) ?? '').split('\n')),
    ...(folder.text('pyproject.toml') ?? '').split('\n').filter((line) => /^[\w-]+\s*=/.test(line)),
  ];
  return new Set(lines.flatMap((line) => /^\s*([\w-]+(?:\[[\w,-]+\])?)/.exec(line)?.[1]?.toLowerCase() ?? []));
};
