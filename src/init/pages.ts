import { type Folder, has } from './folder.ts';
import { IMAGES, USERS } from './images.ts';
import { programOf, type Recipe } from './recipe.ts';

/** The port of the web server for pages, which no right is needed to listen on. */
const PAGES_PORT = 8080;

/** Any path that is no file is a page of the program in the browser. */
const ROUTES = [
  "COPY <<'CONF' /etc/nginx/conf.d/default.conf",
  'server {',
  `  listen ${PAGES_PORT};`,
  '  root /usr/share/nginx/html;',
  '  location / {',
  '    try_files $uri $uri/ /index.html;',
  '  }',
  '}',
  'CONF',
];

/** A web server with the pages that the copies bring. */
export const pagesStage = (copies: readonly string[], hasRoutes: boolean): readonly string[] => [
  `FROM ${IMAGES.nginx}`,
  ...(hasRoutes ? [ROUTES.join('\n')] : []),
  ...copies,
  ...programOf(USERS.nginx, undefined, PAGES_PORT, 'nc'),
];

/** A folder with an index.html and nothing that makes it. */
export const staticRecipe = (folder: Folder): Recipe | undefined => {
  const place = ['', 'public', 'site', 'docs', 'dist', 'www'].find((path) =>
    has(folder, path === '' ? 'index.html' : `${path}/index.html`),
  );
  if (place === undefined) return undefined;
  return {
    kind: 'static',
    title: place === '' ? 'static pages' : `static pages in ${place}`,
    stages: [pagesStage([`COPY ${place === '' ? '.' : place} /usr/share/nginx/html`], false)],
    ignored: place === '' ? ['*.md'] : [],
    port: PAGES_PORT,
    notes: [],
  };
};
