import type { Sources } from './site.ts';

/** In the order in which a newcomer reads them. */
const GUIDES = ['first-steps', 'from-hadolint', 'from-buildkit', 'from-tally', 'formatting', 'building'];

/** The texts of the site, read from the repository. */
export const readSources = (read: (path: string) => string): Sources => ({
  start: read('docs/index.md'),
  readme: read('README.md'),
  changelog: read('CHANGELOG.md'),
  guides: new Map(GUIDES.map((name) => [name, read(`docs/guides/${name}.md`)])),
});
