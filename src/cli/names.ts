const NAMES = ['iechorfile', 'dockerfile', 'containerfile'];

/** Endings of files that stand beside an iEchorfile, or were one, or become one. */
export const SKIPPED_ENDINGS = [
  ['.dockerignore', '.iechorignore', '.containerignore', '.md', '.bak', '.orig', '.rej', '.swp', '~'],
  [
    '.tmpl',
    '.tpl',
    '.template',
    '.j2',
    '.jinja',
    '.jinja2',
    '.erb',
    '.in',
    '.mustache',
    '.hbs',
    '.ejs',
    '.gotmpl',
    '.m4',
    '.tt',
    '.liquid',
    '.njk',
    '.em',
    '.ncl',
    '.tftpl',
  ],
].flat();

/** Folders that a search leaves out: what version control and package managers keep for themselves. */
export const SKIPPED_FOLDERS = [
  ['.git', '.hg', '.jj', '.svn'],
  ['node_modules', 'bower_components', '.pnpm-store', '.venv', '.tox', '__pycache__', '.terraform'],
].flat();

/** `vendor` may well be the user's own: it is left out only where a package manager's mark lies in it. */
export const VENDOR_MARKS = ['modules.txt', 'autoload.php', 'bundle'];

/** The ending for which a search passes over a file, `undefined` if there is none. */
export const skippedEnding = (name: string): string | undefined => {
  const lower = name.toLowerCase();
  return SKIPPED_ENDINGS.find((ending) => lower.endsWith(ending));
};

/** Whether a search takes a file of this name: `NAME`, `NAME.*` or `*.NAME`, in any letter case. */
export const isIechorfileName = (name: string): boolean => {
  const lower = name.toLowerCase();
  const isNamed = NAMES.some((n) => lower === n || lower.startsWith(`${n}.`) || lower.endsWith(`.${n}`));
  return isNamed && skippedEnding(name) === undefined;
};
