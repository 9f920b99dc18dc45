import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A busybox of this machine that is linked statically; undefined where there is none. */
export const BUSYBOX = ['/usr/bin/busybox', '/bin/busybox'].find((path) => existsSync(path));

/** Programs that want what the real ones want, and leave what those leave. */
const PROGRAMS: Readonly<Record<string, string>> = {
  npm: `case "$*" in
  ci*) test -s package.json && test -e package-lock.json && mkdir -p node_modules/.bin ;;
  'install --global '*) ;;
  install*) test -s package.json && mkdir -p node_modules/.bin ;;
  'run build') built ;;
  prune*) test -d node_modules ;;
  *) false ;;
esac`,
  pnpm: `case "$*" in
  install*) test -s package.json && test -e pnpm-lock.yaml && mkdir -p node_modules/.bin ;;
  'run build') built ;;
  prune*) test "$CI" = true && test -d node_modules ;;
  *) false ;;
esac`,
  yarn: `case "$*" in
  install*) test -s package.json && test -e yarn.lock && mkdir -p node_modules/.bin ;;
  'run build') built ;;
  workspaces*) test "$YARN_NODE_LINKER" = node-modules && test -d .yarn/plugins ;;
  *) false ;;
esac`,
  bun: 'test "$1" = install && test -s package.json && test -e bun.lock && mkdir -p node_modules/.bin',
  corepack: 'test "$1" = enable',
  built:
    'test -d node_modules && mkdir -p dist/server dist/shop/browser .output/server .next build && touch dist/index.html dist/main.js',
  python: 'test "$1 $2" = "-m venv" && mkdir -p "$3/bin"',
  pip: `case "$*" in
  'install -r '*) test -s "$3" && for each in $(sed -n 's/^-r //p' "$3"); do test -s "$each"; done ;;
  'install .') test -s pyproject.toml ;;
  'install poetry=='*) ;;
  *) false ;;
esac`,
  uv: 'test "$1" = sync && test -s pyproject.toml && test -e uv.lock && mkdir -p .venv/bin',
  poetry: 'test "$1" = install && test -s pyproject.toml && test -e poetry.lock && mkdir -p .venv/bin',
  go: `case "$*" in
  'mod download') test -s go.mod ;;
  build*) for package; do :; done; test -d "$package" && mkdir -p /out && echo program > "$4" ;;
  *) false ;;
esac`,
  cargo: `test "$1" = build && test -s Cargo.toml && test -d src
for name; do :; done
mkdir -p target/release && echo program > "target/release/$name"`,
  mvn: `test -s pom.xml
case "$*" in
  *package) test -d src && mkdir -p target/quarkus-app && touch target/quarkus-app/quarkus-run.jar target/app-1.0.jar target/app-1.0-sources.jar ;;
esac`,
  gradle: `test -e build.gradle || test -e build.gradle.kts
case "$*" in
  *dependencies) ;;
  *) test -d src && mkdir -p build/libs build/quarkus-app && touch build/libs/app-1.0.jar build/libs/app-1.0-plain.jar build/quarkus-app/quarkus-run.jar ;;
esac`,
  bundle: 'test -s Gemfile && mkdir -p "$BUNDLE_PATH/gems"',
  composer: 'test -s composer.json && mkdir -p vendor',
  'docker-php-ext-install': 'test -n "$1"',
  dotnet: `case "$1" in
  restore) test -s "$2" ;;
  publish) test -s "$2" && mkdir -p /out && touch /out/app.dll ;;
  *) false ;;
esac`,
};

const FILES: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'etc/group': 'root:x:0:\n',
  'etc/apache2/ports.conf': 'Listen 80\n',
  'etc/apache2/sites-available/000-default.conf': '<VirtualHost *:80>\nDocumentRoot /var/www/html\n</VirtualHost>\n',
  'etc/nginx/conf.d/default.conf': 'server {}\n',
  'usr/share/nginx/html/index.html': 'Welcome\n',
};

/** Fills a folder with the files of an image that can stand for any that `init` builds on. */
export const makeStandIn = (folder: string): void => {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(FILES)) put(path, text);
  for (const [name, script] of Object.entries(PROGRAMS)) {
    put(`usr/local/bin/${name}`, `#!/bin/sh\nset -e\n${script}\n`);
    chmodSync(join(folder, 'usr/local/bin', name), 0o755);
  }
  copyFileSync(join(folder, 'usr/local/bin/uv'), join(folder, 'uv'));
  for (const name of ['bin', 'tmp', 'root']) mkdirSync(join(folder, name), { recursive: true });
  copyFileSync(BUSYBOX ?? '', join(folder, 'bin/busybox'));
  const { stdout } = spawnSync(BUSYBOX ?? '', ['--list'], { encoding: 'utf8' });
  for (const name of stdout.trim().split('\n'))
    if (name !== 'busybox') symlinkSync('busybox', join(folder, 'bin', name));
};
