/** A mode as `--chmod` makes it of the one that a file has. */
export type ModeChange = (mode: number, isFolder: boolean) => number;

/** What `--chmod` makes of a mode: octal digits, or changes such as `u+x,go-w`. A text says that it is neither. */
export const modeChange = (text: string): ModeChange | string => {
  if (/^[0-7]+$/.test(text)) {
    const mode = Number.parseInt(text, 8);
    return mode <= 0o7777 ? () => mode : invalid(text);
  }
  const clauses = text.split(',');
  if (!clauses.every((clause) => CLAUSE.test(clause))) return invalid(text);
  return (mode, isFolder) => clauses.reduce((before, clause) => clauseApplied(before, clause, isFolder), mode);
};

const invalid = (text: string): string =>
  `invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777, or a change such as u+x`;

const CLAUSE = /^[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+$/;

const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

const clauseApplied = (mode: number, clause: string, isFolder: boolean): number => {
  const who = /^[ugoa]*/.exec(clause)?.[0] ?? '';
  const classes = who === '' || who.includes('a') ? ['u', 'g', 'o'] : [...who];
  let changed = mode;
  for (const [, operator = '', what = ''] of clause.matchAll(/([-+=])([rwxXst]*(?![ugo])|[ugo])/g))
    changed = changeApplied(changed, classes, operator, what, isFolder);
  return changed;
};

const changeApplied = (
  mode: number,
  classes: readonly string[],
  operator: string,
  what: string,
  isFolder: boolean,
): number => {
  let bits = what.includes('t') && (classes.length === 3 || classes.includes('o')) ? 0o1000 : 0;
  let own = 0;
  for (const each of classes) {
    const shift = SHIFTS[each] ?? 0;
    own |= 7 << shift;
    if (each === 'u') own |= 0o4000;
    if (each === 'g') own |= 0o2000;
    bits |= permissions(mode, what, isFolder) << shift;
    if (what.includes('s') && each !== 'o') bits |= each === 'u' ? 0o4000 : 0o2000;
  }
  if (operator === '+') return mode | bits;
  return operator === '-' ? mode & ~bits : (mode & ~own) | bits;
};

/** Three bits; `g=u` takes those of another class. */
const permissions = (mode: number, what: string, isFolder: boolean): number => {
  const [first = ''] = what;
  if (first in SHIFTS) return (mode >> (SHIFTS[first] ?? 0)) & 7;
  const mayRun = what.includes('x') || (what.includes('X') && (isFolder || (mode & 0o111) !== 0));
  return (what.includes('r') ? 4 : 0) | (what.includes('w') ? 2 : 0) | (mayRun ? 1 : 0);
};
