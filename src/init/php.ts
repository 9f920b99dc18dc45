import { jsonIn, keysAt, textAt } from './data.ts';
import { type Folder, has, presentOf } from './folder.ts';
import { IMAGES, laterOf, USERS, VERSIONS, versionIn } from './images.ts';
import { cachedRun, programOf, type Recipe } from './recipe.ts';

const PORT = 8080;
const CACHE = '/tmp/composer';

/** A project with a composer.json, served by Apache. */
export const phpRecipe = (folder: Folder): Recipe | undefined => {
  if (!has(folder, 'composer.json')) return undefined;
  const root = jsonIn(folder, 'composer.json');
  const required = keysAt(root, 'require');
  const extensions = required.flatMap((name) => /^ext-(\w+)$/.exec(name)?.[1] ?? []);
  const strange = extensions.filter((name) => !BUNDLED.has(name) && !SIMPLE.has(name));
  const framework = required.includes('laravel/framework')
    ? 'Laravel'
    : required.includes('symfony/framework-bundle')
      ? 'Symfony'
      : undefined;
  return {
    kind: 'php',
    title: ['PHP, Composer', framework].filter(Boolean).join(', '),
    stages: [
      buildStage(folder),
      finalStage(
        folder,
        phpVersion(textAt(root, 'require', 'php')),
        extensions.filter((name) => SIMPLE.has(name)),
        framework,
      ),
    ],
    ignored: ['vendor', 'node_modules', 'storage/logs/*', 'var/cache', 'var/log', '.phpunit.cache'],
    port: PORT,
    notes: [
      ...(has(folder, 'composer.lock') ? [] : ['there is no composer.lock; run `composer update` and commit it']),
      ...(strange.length > 0
        ? [`the image lacks ${strange.map((name) => `ext-${name}`).join(', ')}; install what they need`]
        : []),
    ],
  };
};

/** What the image has. */
const BUNDLED = new Set(
  'ctype curl date dom fileinfo filter ftp hash iconv json libxml mbstring mysqlnd openssl pcre pdo pdo_sqlite phar posix readline reflection session simplexml sodium spl sqlite3 standard tokenizer xml xmlreader xmlwriter zlib random opcache'.split(
    ' ',
  ),
);

/** What can be added without another library. */
const SIMPLE = new Set(
  'bcmath calendar exif gettext mysqli pcntl pdo_mysql shmop sockets sysvmsg sysvsem sysvshm'.split(' '),
);

const phpVersion = (wanted: string | undefined): string => {
  const named = versionIn(wanted, 2);
  return named?.startsWith('8.') && laterOf(VERSIONS.php, named) === named ? named : VERSIONS.php;
};

const buildStage = (folder: Folder): readonly string[] => [
  `FROM ${IMAGES.composer} AS build`,
  'WORKDIR /app',
  `ENV COMPOSER_CACHE_DIR=${CACHE}`,
  `COPY ${presentOf(folder, 'composer.json', 'composer.lock').join(' ')} ./`,
  cachedRun([CACHE], 'composer install --no-dev --no-interaction --no-scripts --no-autoloader --ignore-platform-reqs'),
  'COPY . .',
  'RUN composer dump-autoload --no-dev --no-scripts --optimize',
];

const finalStage = (
  folder: Folder,
  version: string,
  extensions: readonly string[],
  framework: string | undefined,
): readonly string[] => {
  const [pages] = presentOf(folder, 'public', 'web', 'webroot', 'htdocs');
  const owner = framework === undefined ? '' : `--chown=${USERS.apache} `;
  return [
    `FROM ${IMAGES.php(version)}`,
    ...(extensions.length > 0 ? [`RUN docker-php-ext-install ${extensions.join(' ')}`] : []),
    'WORKDIR /var/www/app',
    `RUN sed -i 's/^Listen 80$/Listen ${PORT}/' /etc/apache2/ports.conf \\\n    && sed -i 's#/var/www/html#/var/www/app${pages === undefined ? '' : `/${pages}`}#; s/:80>/:${PORT}>/' /etc/apache2/sites-available/000-default.conf`,
    `COPY --from=build ${owner}/app ./`,
    ...programOf(USERS.apache, ['apache2-foreground'], PORT, 'php'),
  ];
};
