import { describe, expect, it } from 'vitest';
import {
  installOf,
  isCacheClearing,
  isIndexUpdate,
  isPinned,
  isRemoval,
  isUpgrade,
  managerOf,
  PACKAGE_MANAGERS,
} from '../src/model/packages.ts';
import { commandsOf, parseShell, type ShellCommand } from '../src/shell/index.ts';

const command = (text: string): ShellCommand => {
  const [first] = commandsOf(parseShell(text, 0));
  if (!first) throw new Error(`No command in ${text}`);
  return first;
};

/** The install as one line: kind, packages, files and manifests. */
const installed = (text: string): string | undefined => {
  const install = installOf(command(text));
  if (install === undefined) return undefined;
  const { manager, kind, packages, files, manifests, needsSources } = install;
  const words = [...packages, ...files].map(({ text: value, raw }) => value ?? raw);
  const from = manifests.map(({ text: value }) => `<${value}`);
  return [manager.name, kind, ...(needsSources ? ['sources'] : []), ...words, ...from].join(' ');
};

describe('the table of package managers', () => {
  it('has each name and each program once', () => {
    const names = PACKAGE_MANAGERS.map(({ name }) => name);
    const programs = PACKAGE_MANAGERS.flatMap((manager) => manager.programs);
    expect(names).toHaveLength(new Set(names).size);
    expect(programs).toHaveLength(new Set(programs).size);
    expect(names.length).toBeGreaterThanOrEqual(22);
  });

  it.each(PACKAGE_MANAGERS.map((manager) => [manager.name, manager] as const))('%s holds together', (_, manager) => {
    for (const path of [...manager.caches, ...manager.lists, ...manager.mounts]) expect(path).toMatch(/^[~/]\S*[^/]$/);
    for (const option of [...manager.assumeYes, ...manager.noCache, ...manager.manifestOptions]) {
      expect(option).toMatch(/^-/);
    }
    for (const clean of manager.clean) {
      const clears = command(clean);
      expect(clears.name === 'rm' || (managerOf(clears) === manager && isCacheClearing(clears)), clean).toBe(true);
    }
    expect(manager.caches.length && manager.clean.length && manager.mounts.length).toBeGreaterThan(0);
    expect(manager.install.length + manager.project.length).toBeGreaterThan(0);
    if (manager.pin && manager.pin.options.length === 0) expect(manager.pin.example).toMatch(manager.pin.pattern);
  });
});

describe('managerOf', () => {
  it.each([
    ['apt-get update', 'apt'],
    ['/usr/bin/apt install x', 'apt'],
    ['sudo yum install x', 'yum'],
    ['dnf5 install x', 'dnf'],
    ['pip3.11 install x', 'pip'],
    ['python3 -m pip install x', 'pip'],
    ['$VENV/bin/pip install x', 'pip'],
    ['./mvnw package', 'maven'],
    ['./gradlew build', 'gradle'],
    ['micromamba install x', 'conda'],
    ['dotnet restore', 'nuget'],
    ['bundler install', 'bundler'],
    ['rm -rf /var/lib/apt/lists', undefined],
    ['$PIP install', undefined],
  ])('%s', (text, name) => {
    expect(managerOf(command(text))?.name).toBe(name);
  });
});

describe('installOf', () => {
  it.each([
    ['apt-get install -y -o Dpkg::x=y curl git=1:2', 'apt packages curl git=1:2'],
    ['apt-get -qq install --no-install-recommends "$X"', 'apt packages "$X"'],
    ['apt install ./tool.deb curl', 'apt packages curl ./tool.deb'],
    ['apk add --no-cache -t .build gcc', 'apk packages gcc'],
    ['yum install -y https://x/y.rpm', 'yum packages https://x/y.rpm'],
    ['microdnf -y install --nodocs tar', 'microdnf packages tar'],
    ['zypper -n in -t pattern devel', 'zypper packages devel'],
    ['pacman -Syu --noconfirm base-devel', 'pacman packages base-devel'],
    ['pip install flask==3 "uvicorn[standard]"', 'pip packages flask==3 uvicorn[standard]'],
    ['pip install -c constraints.txt flask', 'pip packages flask <constraints.txt'],
    ['pip install -r a.txt --requirement=b.txt flask', 'pip project flask <a.txt <b.txt'],
    ['pip install .', 'pip project sources .'],
    ['pip install -e .[dev]', 'pip project sources'],
    ['pip install git+https://x/y.git', 'pip packages git+https://x/y.git'],
    ['uv pip install --system -r requirements.txt', 'uv project <requirements.txt'],
    ['uv pip sync requirements.txt', 'uv project <requirements.txt'],
    ['uv sync --frozen', 'uv project'],
    ['poetry install --no-root', 'poetry project'],
    ['pipenv install --deploy', 'pipenv project'],
    ['conda create -n env python=3.12', 'conda packages python=3.12'],
    ['conda env create -f environment.yml', 'conda project <environment.yml'],
    ['npm ci --omit dev', 'npm project'],
    ['npm install', 'npm project'],
    ['npm --prefix app install', 'npm project'],
    ['npm i -g @angular/cli@13', 'npm packages @angular/cli@13'],
    ['yarn', 'yarn project'],
    ['yarn install --frozen-lockfile', 'yarn project'],
    ['yarn global add serve', 'yarn packages serve'],
    ['corepack pnpm i --frozen-lockfile', 'pnpm project'],
    ['pnpm add -g turbo', 'pnpm packages turbo'],
    ['bun install', 'bun project'],
    ['gem install rails -v 7.1', 'gem packages rails'],
    ['bundle install --jobs 4', 'bundler project'],
    ['composer install --no-dev', 'composer project'],
    ['composer global require drush/drush', 'composer packages drush/drush'],
    ['go mod download', 'go project'],
    ['go build -o /app ./cmd/x', 'go project sources'],
    ['go install golang.org/x/tools/gopls@latest', 'go packages golang.org/x/tools/gopls@latest'],
    ['go install ./...', 'go project sources ./...'],
    ['cargo fetch', 'cargo project'],
    ['cargo build --release', 'cargo project sources'],
    ['cargo install --path .', 'cargo project sources'],
    ['cargo install --git https://x/y', 'cargo packages'],
    ['dotnet restore App.csproj', 'nuget project <App.csproj'],
    ['dotnet publish -c Release', 'nuget project sources'],
    ['mvn -B dependency:go-offline', 'maven project'],
    ['mvn -q clean package', 'maven project sources'],
    ['gradle :app:dependencies', 'gradle project'],
    ['./gradlew bootJar --no-daemon', 'gradle project sources'],
  ])('%s', (text, expected) => {
    expect(installed(text)).toBe(expected);
  });

  it.each([
    'apt-get update',
    'apt-get -f install',
    'apk add --no-cache',
    'pip --version',
    'pip uninstall x',
    'npm run build',
    'yarn build',
    'yarn --version',
    'bundle exec rake',
    'pacman -Sy',
    'dotnet app.dll',
    'dotnet publish --no-restore',
    'cargo build --offline',
    'go version',
    'rm -rf x',
  ])('nothing: %s', (text) => {
    expect(installed(text)).toBeUndefined();
  });
});

describe('what else is asked', () => {
  const asked = (text: string) => {
    const found = command(text);
    const answers = { isIndexUpdate, isUpgrade, isRemoval, isCacheClearing };
    return Object.entries(answers).flatMap(([name, is]) => (is(found) ? name : []));
  };

  it.each([
    ['apt-get -qq update', 'isIndexUpdate'],
    ['apk update', 'isIndexUpdate'],
    ['zypper ref', 'isIndexUpdate'],
    ['apt-get dist-upgrade -y', 'isUpgrade'],
    ['yum -y update', 'isUpgrade'],
    ['yum -y update curl', ''],
    ['pacman -Syu', 'isIndexUpdate,isUpgrade'],
    ['apk del .build', 'isRemoval'],
    ['apt-get purge -y gcc', 'isRemoval'],
    ['apt-get clean', 'isCacheClearing'],
    ['dnf -y clean all', 'isCacheClearing'],
    ['npm cache clean --force', 'isCacheClearing'],
    ['conda clean -afy', 'isCacheClearing'],
    ['go clean -modcache', 'isCacheClearing'],
    ['go clean', ''],
    ['apt-get install x', ''],
    ['echo update', ''],
  ])('%s', (text, expected) => {
    expect(asked(text).join()).toBe(expected);
  });
});

describe('isPinned', () => {
  it.each([
    ['apt-get install curl=8.5.0-2', true],
    ['apt-get install curl', false],
    ['apt-get install curl=$V', true],
    ['apt-get install "$X"', undefined],
    ['apk add curl~=8.5', true],
    ['yum install curl-8.5.0', true],
    ['yum install java-17-openjdk-devel', false],
    ['pip install flask==3.0.2', true],
    ['pip install "flask>=3"', false],
    ['pip install flask==3.*', false],
    ['npm install -g @angular/cli', false],
    ['npm install -g @angular/cli@17', true],
    ['npm install -g npm@latest', false],
    ['gem install rails', false],
    ['gem install rails -v 7.1', true],
    ['go install x.org/y@v1', true],
    ['go install x.org/y@latest', false],
    ['cargo install ripgrep', false],
    ['cargo install ripgrep@14', true],
    ['conda install numpy=1.26', true],
    ['composer require a/b:3.5.0', true],
    ['bundle add rails', undefined],
  ])('%s: %s', (text, expected) => {
    const found = command(text);
    const [word] = installOf(found)?.packages ?? [];
    expect(word && isPinned(found, word)).toBe(expected);
    expect(word).toBeDefined();
  });
});
