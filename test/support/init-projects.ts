type Files = Readonly<Record<string, string>>;

/** A project that `init` is tried on. */
export interface ProjectCase {
  readonly files: Files;
  /** What `init` says that it is. */
  readonly title: string;
  /** Lines that its iEchorfile has. */
  readonly lines: readonly string[];
  readonly port?: number;
}

const packageJson = (content: object): string => JSON.stringify({ name: 'app', version: '1.0.0', ...content });

const EXPRESS = { scripts: { start: 'node server.js' }, dependencies: { express: '^5' } };
const BUILT = { scripts: { build: 'tsc', start: 'node dist/main.js' }, devDependencies: { typescript: '^5' } };
const FASTAPI = 'from fastapi import FastAPI\n\napi = FastAPI()\n';
const GO_SERVER = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n';

/** Every shape that `init` knows. */
export const PROJECTS: Readonly<Record<string, ProjectCase>> = {
  'npm-start': {
    files: { 'package.json': packageJson(EXPRESS), 'package-lock.json': '{}', 'server.js': '' },
    title: 'Node.js, npm',
    lines: ['COPY package.json package-lock.json ./', 'CMD ["node", "server.js"]', 'USER 1000:1000'],
    port: 3000,
  },
  'npm-no-lock': {
    files: { 'package.json': packageJson({ main: 'src/index.js' }), '.nvmrc': 'v22\n', 'src/index.js': '' },
    title: 'Node.js, npm',
    lines: ['FROM node:22-alpine', 'CMD ["node", "src/index.js"]'],
    port: 3000,
  },
  'npm-password': {
    files: {
      'package.json': packageJson(EXPRESS),
      'package-lock.json': '{}',
      '.npmrc': '//r.example.com/:_authToken=x\n',
    },
    title: 'Node.js, npm',
    lines: ['RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \\'],
    port: 3000,
  },
  'pnpm-typescript': {
    files: { 'package.json': packageJson({ ...BUILT, packageManager: 'pnpm@9.15.4' }), 'pnpm-lock.yaml': '' },
    title: 'Node.js, pnpm',
    lines: ['    npm install --global pnpm@9.15.4', '    pnpm run build && CI=true pnpm prune --prod'],
    port: 3000,
  },
  'yarn-nest': {
    files: { 'package.json': packageJson({ ...BUILT, dependencies: { '@nestjs/core': '^11' } }), 'yarn.lock': '' },
    title: 'Node.js, Yarn, NestJS',
    lines: ['    yarn install --frozen-lockfile', 'CMD ["node", "dist/main.js"]'],
    port: 3000,
  },
  'yarn-berry': {
    files: {
      'package.json': packageJson({ ...BUILT, packageManager: 'yarn@4.9.2' }),
      'yarn.lock': '',
      '.yarnrc.yml': '',
      '.yarn/plugins/x.cjs': '',
    },
    title: 'Node.js, Yarn',
    lines: ['RUN corepack enable', '    yarn install --immutable', 'COPY .yarn ./.yarn'],
    port: 3000,
  },
  bun: {
    files: { 'package.json': packageJson({ scripts: { start: 'bun index.ts' } }), 'bun.lock': '', 'index.ts': '' },
    title: 'Bun',
    lines: ['FROM oven/bun:1.2-alpine', 'CMD ["bun", "index.ts"]'],
    port: 3000,
  },
  next: {
    files: {
      'package.json': packageJson({
        scripts: { build: 'next build', start: 'next start' },
        dependencies: { next: '15' },
      }),
      'package-lock.json': '{}',
      'next.config.mjs': 'export default {};\n',
      'public/robots.txt': '',
    },
    title: 'Node.js, npm, Next.js',
    lines: ['COPY --from=build --chown=1000:1000 /app/.next ./.next', 'CMD ["node_modules/.bin/next", "start"]'],
    port: 3000,
  },
  nuxt: {
    files: {
      'package.json': packageJson({ scripts: { build: 'nuxt build' }, dependencies: { nuxt: '4' } }),
      'package-lock.json': '',
    },
    title: 'Node.js, npm, Nuxt',
    lines: ['CMD ["node", ".output/server/index.mjs"]'],
    port: 3000,
  },
  vite: {
    files: {
      'package.json': packageJson({ scripts: { build: 'vite build' }, devDependencies: { vite: '7' } }),
      'package-lock.json': '',
    },
    title: 'Node.js, npm, Vite',
    lines: ['COPY --from=build /app/dist /usr/share/nginx/html', 'USER 101:101'],
    port: 8080,
  },
  'npm-workspaces': {
    files: {
      'package.json': packageJson({ ...EXPRESS, workspaces: ['packages/*', './tools'] }),
      'package-lock.json': '{}',
      'server.js': '',
      'packages/core/package.json': '{}',
      'packages/notes.txt': '',
      'tools/package.json': '{}',
    },
    title: 'Node.js, npm',
    lines: ['COPY packages/core/package.json ./packages/core/', 'COPY tools/package.json ./tools/'],
    port: 3000,
  },
  angular: {
    files: {
      'package.json': packageJson({ scripts: { build: 'ng build' }, dependencies: { '@angular/core': '20' } }),
      'package-lock.json': '{}',
      'angular.json': '{"projects": {"shop": {}}}',
    },
    title: 'Node.js, npm, Angular',
    lines: ['COPY --from=build /app/dist/shop/browser /usr/share/nginx/html'],
    port: 8080,
  },
  astro: {
    files: {
      'package.json': packageJson({
        scripts: { build: 'astro build' },
        dependencies: { astro: '5', '@astrojs/node': '9' },
      }),
      'package-lock.json': '',
    },
    title: 'Node.js, npm, Astro',
    lines: ['CMD ["node", "dist/server/entry.mjs"]'],
    port: 4321,
  },
  'pip-flask': {
    files: {
      'requirements.txt': '-r requirements/base.txt\ngunicorn==23.0.0\n',
      'requirements/base.txt': 'flask==3.1.0\n',
      'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
    },
    title: 'Python, pip, Flask',
    lines: ['COPY requirements ./requirements', 'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]'],
    port: 8000,
  },
  'pip-django': {
    files: {
      'requirements.txt': 'django==5.2\ngunicorn==23.0.0\n',
      'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
      'shop/wsgi.py': '',
      'package.json': packageJson({ devDependencies: { tailwindcss: '4' } }),
    },
    title: 'Python, pip, Django; for Node.js, npm, add --template',
    lines: ['CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop.wsgi:application"]'],
    port: 8000,
  },
  'uv-fastapi': {
    files: {
      'pyproject.toml': '[project]\nname = "api"\nrequires-python = "==3.12.*"\ndependencies = ["fastapi[standard]"]\n',
      'uv.lock': '',
      'src/main.py': FASTAPI,
    },
    title: 'Python, uv, FastAPI',
    lines: ['FROM python:3.12-slim', 'CMD ["uvicorn", "src.main:api", "--host", "0.0.0.0", "--port", "8000"]'],
    port: 8000,
  },
  poetry: {
    files: {
      'pyproject.toml': '[tool.poetry]\nname = "bot"\nversion = "1.0"\n[tool.poetry.dependencies]\npython = "^3.12"\n',
      'poetry.lock': '',
      'main.py': '',
    },
    title: 'Python, Poetry',
    lines: ['    poetry install --only main --no-root', 'CMD ["python", "main.py"]', 'HEALTHCHECK NONE'],
  },
  'python-package': {
    files: { 'pyproject.toml': '[project]\nname = "tool"\n[project.scripts]\ntool = "tool:main"\n', 'tool.py': '' },
    title: 'Python, pip',
    lines: ['    pip install .', 'CMD ["tool"]'],
  },
  'go-server': {
    files: { 'go.mod': 'module example.com/shop/v2\n\ngo 1.99\n', 'go.sum': '', 'main.go': GO_SERVER },
    title: 'Go',
    lines: ['FROM golang:1.99-alpine AS build', 'CMD ["shop"]', 'USER 65532:65532'],
    port: 8080,
  },
  'go-command': {
    files: {
      'go.mod': 'module example.com/tools\n\ngo 1.22\n',
      'cmd/lister/main.go': 'package main\nfunc main() {}\n',
    },
    title: 'Go',
    lines: ['    CGO_ENABLED=0 go build -trimpath -o /out/lister ./cmd/lister'],
  },
  'go-templates': {
    files: { 'go.mod': 'module example.com/site\n', 'main.go': GO_SERVER, 'templates/a.html': '' },
    title: 'Go',
    lines: ['COPY --from=build /src/templates ./templates'],
    port: 8080,
  },
  'rust-programs': {
    files: {
      'Cargo.toml': '[package]\nname = "kv"\n[[bin]]\nname = "kv-cli"\n[[bin]]\nname = "kv-server"\n',
      'Cargo.lock': '',
      'src/lib.rs': '',
    },
    title: 'Rust',
    lines: ['CMD ["/usr/local/bin/kv-server"]'],
  },
  'flask-named': {
    files: { 'requirements.txt': 'flask\ngunicorn\n', '.flaskenv': 'FLASK_APP=blog.py\n', 'blog.py': '' },
    title: 'Python, pip, Flask',
    lines: ['CMD ["gunicorn", "--bind", "0.0.0.0:8000", "blog:app"]'],
    port: 8000,
  },
  'rust-axum': {
    files: {
      'Cargo.toml': '[package]\nname = "api"\n[dependencies]\naxum = "0.8"\n',
      'Cargo.lock': '',
      'src/main.rs': '',
    },
    title: 'Rust',
    lines: ['CMD ["/usr/local/bin/api"]'],
    port: 8080,
  },
  'rust-cli': {
    files: { 'Cargo.toml': '[package]\nname = "tools"\n[[bin]]\nname = "sorter"\n', 'src/main.rs': '' },
    title: 'Rust',
    lines: ['CMD ["/usr/local/bin/sorter"]'],
  },
  'maven-spring': {
    files: {
      'pom.xml':
        '<project><properties><java.version>17</java.version></properties><groupId>org.springframework.boot</groupId></project>',
      'src/main/java/App.java': '',
    },
    title: 'Java, Maven, Spring Boot',
    lines: ['FROM maven:3.9-eclipse-temurin-17 AS build', 'CMD ["java", "-jar", "app.jar"]'],
    port: 8080,
  },
  'gradle-wrapper': {
    files: {
      'build.gradle.kts': 'plugins { id("org.springframework.boot") version "3.5.0" }\nkotlin { jvmToolchain(21) }\n',
      'settings.gradle.kts': 'rootProject.name = "shop"\n',
      gradlew: '#!/bin/sh\nexec gradle "$@"\n',
      'gradle/wrapper/gradle-wrapper.properties': '',
      'src/main/kotlin/App.kt': '',
    },
    title: 'Java, Gradle, Spring Boot',
    lines: ['FROM eclipse-temurin:21-jdk AS build', '    sh ./gradlew --no-daemon dependencies'],
    port: 8080,
  },
  gradle: {
    files: { 'build.gradle': "plugins { id 'io.quarkus' }\n", 'src/main/java/App.java': '' },
    title: 'Java, Gradle, Quarkus',
    lines: ['FROM gradle:8-jdk21 AS build', 'CMD ["java", "-jar", "quarkus-run.jar"]'],
    port: 8080,
  },
  'maven-quarkus': {
    files: {
      'pom.xml': '<project><groupId>io.quarkus</groupId></project>',
      'src/main/java/App.java': '',
      '.mvn/x': '',
    },
    title: 'Java, Maven, Quarkus',
    lines: ['COPY --from=build /out ./'],
    port: 8080,
  },
  rails: {
    files: {
      Gemfile: 'source "https://rubygems.org"\ngem "rails"\ngem "pg"\n',
      'Gemfile.lock': '',
      '.ruby-version': '3.3.6\n',
      'config/application.rb': '',
      'app/assets/app.css': '',
    },
    title: 'Ruby, Rails',
    lines: ['FROM ruby:3.3', 'RUN SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile'],
    port: 3000,
  },
  rack: {
    files: { Gemfile: 'gem "sinatra"\ngem "puma"\n', 'Gemfile.lock': '', 'config.ru': '' },
    title: 'Ruby, Rack',
    lines: ['FROM ruby:3.4-slim', 'CMD ["bundle", "exec", "puma", "--port", "9292"]'],
    port: 9292,
  },
  'ruby-script': {
    files: { Gemfile: 'gem "nokogiri"\n', 'main.rb': '' },
    title: 'Ruby',
    lines: ['CMD ["bundle", "exec", "ruby", "main.rb"]'],
  },
  'php-plain': {
    files: {
      'composer.json': '{"require": {"php": "^8.3", "ext-bcmath": "*"}}',
      'composer.lock': '{}',
      'index.php': '',
    },
    title: 'PHP, Composer',
    lines: ['FROM php:8.4-apache', 'RUN docker-php-ext-install bcmath'],
    port: 8080,
  },
  laravel: {
    files: {
      'composer.json': '{"require": {"laravel/framework": "^12"}}',
      'public/index.php': '',
      'package.json': '{}',
    },
    title: 'PHP, Composer, Laravel; for Node.js, npm, add --template',
    lines: ['COPY --from=build --chown=33:33 /app ./'],
    port: 8080,
  },
  'dotnet-web': {
    files: {
      'Shop.csproj':
        '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>',
      'Program.cs': '',
    },
    title: '.NET, ASP.NET Core',
    lines: ['FROM mcr.microsoft.com/dotnet/aspnet:9.0-alpine', 'CMD ["dotnet", "Shop.dll"]'],
    port: 8080,
  },
  'dotnet-references': {
    files: {
      'All.sln': '',
      'src/Web/Web.csproj':
        '<Project Sdk="Microsoft.NET.Sdk.Web"><ProjectReference Include="..\\Core\\Core.csproj" /></Project>',
      'src/Core/Core.csproj':
        '<Project><ProjectReference Include="../Base/Base.csproj" /><ProjectReference Include="..\\..\\..\\Out.csproj" /></Project>',
      'src/Base/Base.csproj': '<Project><ProjectReference Include="../Core/Core.csproj" /></Project>',
    },
    title: '.NET, ASP.NET Core',
    lines: ['COPY src/Core/Core.csproj ./src/Core/', 'COPY src/Base/Base.csproj ./src/Base/'],
    port: 8080,
  },
  'dotnet-solution': {
    files: {
      'All.sln': '',
      'src/Tool/Tool.csproj': '<Project Sdk="Microsoft.NET.Sdk"></Project>',
      'Directory.Build.props': '<Project/>',
      'src/Tool/Program.cs': '',
    },
    title: '.NET',
    lines: ['COPY src/Tool/Tool.csproj ./src/Tool/', 'HEALTHCHECK NONE'],
  },
  static: {
    files: { 'index.html': '<h1>Hello</h1>\n', 'style.css': '' },
    title: 'static pages',
    lines: ['COPY . /usr/share/nginx/html'],
    port: 8080,
  },
  'static-folder': {
    files: { 'public/index.html': '<h1>Hello</h1>\n' },
    title: 'static pages in public',
    lines: ['COPY public /usr/share/nginx/html'],
    port: 8080,
  },
};
