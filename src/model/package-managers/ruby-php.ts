import { packageManager } from './manager.ts';

export const gem = packageManager({
  name: 'gem',
  kind: 'language',
  programs: ['gem'],
  install: ['install', 'i'],
  upgrade: ['update'],
  remove: ['uninstall'],
  lean: ['--no-document', '-N', '--no-doc', '--no-ri', '--no-rdoc'],
  pin: { pattern: /^[^:]+:\d/, example: 'rails:7.1.3', options: ['-v', '--version'] },
  manifests: ['*.gemspec'],
  caches: ['/usr/local/bundle/cache', '/usr/local/lib/ruby/gems/*/cache', '~/.gem'],
  clean: ['rm -rf /usr/local/bundle/cache/*.gem'],
  image: 'ruby',
  mounts: ['/usr/local/bundle/cache'],
});

export const bundler = packageManager({
  name: 'bundler',
  kind: 'language',
  programs: ['bundle', 'bundler'],
  install: ['add'],
  project: ['install', '', 'update'],
  remove: ['remove'],
  manifests: ['Gemfile', '*.gemspec', '.ruby-version'],
  locks: ['Gemfile.lock'],
  caches: ['/usr/local/bundle/cache', '~/.bundle/cache'],
  clean: ['rm -rf ~/.bundle/cache /usr/local/bundle/cache'],
  cacheVariables: ['BUNDLE_PATH', 'BUNDLE_USER_CACHE'],
  image: 'ruby',
  mounts: ['/usr/local/bundle/cache'],
});

export const composer = packageManager({
  name: 'composer',
  kind: 'language',
  programs: ['composer', 'composer.phar'],
  install: ['require', 'global require', 'create-project'],
  project: ['install', 'i', 'update', 'u'],
  remove: ['remove', 'global remove'],
  clear: ['clear-cache', 'clearcache', 'cc'],
  assumeYes: ['-n', '--no-interaction'],
  lean: ['--no-dev'],
  pin: { pattern: /[:=]v?\d[\w.-]*$/, example: 'monolog/monolog:3.5.0', options: [] },
  manifests: ['composer.json', 'auth.json'],
  locks: ['composer.lock', 'symfony.lock'],
  caches: ['~/.composer/cache', '~/.cache/composer', '/tmp/cache'],
  clean: ['composer clear-cache'],
  noCache: ['--no-cache'],
  cacheVariables: ['COMPOSER_CACHE_DIR', 'COMPOSER_HOME'],
  mounts: ['~/.composer/cache'],
});
