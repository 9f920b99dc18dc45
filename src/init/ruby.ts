import { type Folder, has, presentOf } from './folder.ts';
import { IMAGES, USERS, VERSIONS, versionIn } from './images.ts';
import { cachedRun, programOf, type Recipe } from './recipe.ts';

const BUNDLE = '/usr/local/bundle';

/** A project with a Gemfile. */
export const rubyRecipe = (folder: Folder): Recipe | undefined => {
  const gemfile = folder.text('Gemfile');
  if (gemfile === undefined) return undefined;
  const gems = `${gemfile}\n${folder.text('Gemfile.lock') ?? ''}`;
  const isRails = has(folder, 'config/application.rb') || /^\s*gem ["']rails["']/m.test(gemfile);
  const version =
    versionIn(folder.text('.ruby-version') ?? /^ruby ["']([^>"']*)["']/m.exec(gemfile)?.[1], 2) ?? VERSIONS.ruby;
  const app = isRails ? RAILS : has(folder, 'config.ru') ? rack(gems) : script(folder);
  return {
    kind: 'ruby',
    title: app.title,
    stages: [buildStage(folder, version, isRails), finalStage(version, gems, isRails, app)],
    ignored: ['vendor/bundle', '.bundle', 'log/*', 'tmp/*', 'storage/*', 'coverage', 'config/master.key'],
    port: app.port,
    notes: [
      ...(has(folder, 'Gemfile.lock') ? [] : ['there is no Gemfile.lock; run `bundle lock` and commit it']),
      ...(isRails ? ['Rails wants SECRET_KEY_BASE or RAILS_MASTER_KEY when it starts'] : []),
    ],
  };
};

interface RubyApp {
  readonly title: string;
  readonly command: readonly string[];
  readonly port: number | undefined;
}

const RAILS: RubyApp = {
  title: 'Ruby, Rails',
  command: ['bundle', 'exec', 'rails', 'server', '--binding', '0.0.0.0', '--port', '3000'],
  port: 3000,
};

const rack = (gems: string): RubyApp => ({
  title: 'Ruby, Rack',
  command: /\bpuma\b/.test(gems)
    ? ['bundle', 'exec', 'puma', '--port', '9292']
    : ['bundle', 'exec', 'rackup', '--host', '0.0.0.0', '--port', '9292'],
  port: 9292,
});

const script = (folder: Folder): RubyApp => {
  const [file = 'main.rb'] = presentOf(folder, 'main.rb', 'app.rb', 'server.rb', 'bot.rb');
  return { title: 'Ruby', command: ['bundle', 'exec', 'ruby', file], port: undefined };
};

const settings = (isRails: boolean): string =>
  `ENV ${[...(isRails ? ['RAILS_ENV=production'] : []), 'BUNDLE_DEPLOYMENT=1', `BUNDLE_PATH=${BUNDLE}`, 'BUNDLE_WITHOUT=development:test'].join(' ')}`;

const buildStage = (folder: Folder, version: string, isRails: boolean): readonly string[] => [
  `FROM ${IMAGES.ruby(version)} AS build`,
  settings(isRails && has(folder, 'Gemfile.lock')).replace(
    has(folder, 'Gemfile.lock') ? '' : 'BUNDLE_DEPLOYMENT=1 ',
    '',
  ),
  'WORKDIR /app',
  `COPY ${presentOf(folder, 'Gemfile', 'Gemfile.lock', '.ruby-version').join(' ')} ./`,
  cachedRun(['/root/.bundle/cache'], 'bundle install'),
  'COPY . .',
  ...(isRails && has(folder, 'app/assets') ? ['RUN SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile'] : []),
];

/** Gems that stand on libraries which the small image has not. */
const NEEDS_LIBRARIES = /^\s*(?:gem ["'])?(?:pg|mysql2|sqlite3|rmagick|ruby-vips|charlock_holmes)\b/m;

const finalStage = (version: string, gems: string, isRails: boolean, app: RubyApp): readonly string[] => [
  `FROM ${NEEDS_LIBRARIES.test(gems) ? IMAGES.ruby(version) : IMAGES.rubySlim(version)}`,
  settings(isRails),
  'WORKDIR /app',
  `COPY --from=build ${BUNDLE} ${BUNDLE}`,
  `COPY --from=build ${isRails ? `--chown=${USERS.other} ` : ''}/app ./`,
  ...programOf(USERS.other, app.command, app.port, 'ruby'),
];
