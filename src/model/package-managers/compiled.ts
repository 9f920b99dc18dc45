import { packageManager } from './manager.ts';

export const go = packageManager({
  name: 'go',
  kind: 'language',
  programs: ['go'],
  install: ['install', 'get'],
  project: ['mod download', 'mod tidy', 'mod vendor'],
  build: ['build', 'test', 'run', 'generate', 'vet', 'install', 'get'],
  clear: ['-modcache', '-cache'],
  pin: { pattern: /@(?!latest$|master$|main$|HEAD$)./, example: 'golang.org/x/tools/gopls@v0.15.2', options: [] },
  manifests: ['go.mod', 'go.work'],
  locks: ['go.sum', 'go.work.sum'],
  caches: ['/go/pkg/mod', '~/go/pkg/mod', '~/.cache/go-build'],
  clean: ['go clean -cache -modcache'],
  cacheVariables: ['GOMODCACHE', 'GOCACHE', 'GOPATH'],
  mounts: ['/go/pkg/mod', '~/.cache/go-build'],
});

export const cargo = packageManager({
  name: 'cargo',
  kind: 'language',
  programs: ['cargo'],
  install: ['install', 'binstall', 'add'],
  project: ['fetch', 'vendor', 'chef cook'],
  build: ['build', 'b', 'test', 't', 'run', 'r', 'check', 'c', 'rustc', 'zigbuild', 'install'],
  clear: ['cache'],
  upgrade: ['update'],
  remove: ['uninstall', 'remove'],
  pin: { pattern: /@=?\d/, example: 'ripgrep@14.1.0', options: ['--version', '--vers', '--rev', '--tag', '--path'] },
  manifests: ['Cargo.toml', 'rust-toolchain', 'rust-toolchain.toml', '.cargo'],
  locks: ['Cargo.lock'],
  frozen: { options: ['--locked', '--frozen'], variables: [] },
  caches: ['/usr/local/cargo/registry', '/usr/local/cargo/git', '~/.cargo/registry', '~/.cargo/git'],
  clean: ['rm -rf /usr/local/cargo/registry'],
  cacheVariables: ['CARGO_HOME'],
  mounts: ['/usr/local/cargo/registry', '/usr/local/cargo/git/db'],
});

export const nuget = packageManager({
  name: 'nuget',
  kind: 'language',
  programs: ['dotnet', 'nuget'],
  install: ['tool install', 'workload install', 'install'],
  project: ['restore', 'tool restore'],
  build: ['build', 'publish', 'test', 'run', 'pack', 'msbuild'],
  remove: ['tool uninstall'],
  clear: ['nuget locals', 'locals'],
  pin: { pattern: /@\d/, example: '--version 8.0.2', options: ['--version', '-Version'] },
  manifests: [
    ...['*.csproj', '*.fsproj', '*.vbproj', '*.sln', '*.slnx', '[Nn]u[Gg]et.[Cc]onfig', 'global.json'],
    ...['Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props', 'paket.dependencies'],
  ],
  locks: ['packages.lock.json', 'paket.lock'],
  caches: ['~/.nuget/packages', '~/.local/share/NuGet'],
  clean: ['dotnet nuget locals all --clear'],
  noCache: ['--no-cache'],
  cacheVariables: ['NUGET_PACKAGES'],
  mounts: ['~/.nuget/packages'],
});

export const maven = packageManager({
  name: 'maven',
  kind: 'language',
  programs: ['mvn', 'mvnw', 'mvnd'],
  install: [],
  project: [/(?:^|:)(?:maven-)?dependency(?:-plugin)?:(?:.*:)?(?:go-offline|resolve\S*|copy-dependencies|tree)$/],
  build: [/^(?:compile|test|package|verify|install|deploy|spring-boot:\S+)$/],
  manifests: ['pom.xml', '.mvn', 'mvnw', 'settings.xml'],
  caches: ['~/.m2'],
  clean: ['rm -rf ~/.m2'],
  cacheVariables: ['MAVEN_OPTS'],
  mounts: ['~/.m2'],
});

export const gradle = packageManager({
  name: 'gradle',
  kind: 'language',
  programs: ['gradle', 'gradlew'],
  install: [],
  project: [/^(?:\S*:)?(?:dependencies|download\w*Dependencies|resolve\w*Dependencies|androidDependencies)$/],
  build: [/^(?:\S*:)?(?:build\w*|assemble\w*|boot\w+|\w*[jJ]ar|\w*[wW]ar|installDist|test|check|classes|run)$/],
  manifests: [
    ...['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'gradle.properties', 'gradlew'],
    ...['gradle', 'gradle/libs.versions.toml'],
  ],
  locks: ['gradle.lockfile', '*.lockfile'],
  caches: ['~/.gradle', '/home/gradle/.gradle'],
  clean: ['rm -rf ~/.gradle'],
  cacheVariables: ['GRADLE_USER_HOME'],
  mounts: ['~/.gradle', '/home/gradle/.gradle'],
});
