/** What `--chmod` makes of a mode: octal digits, or changes such as `u+x,go-w`. A text says that it is neither. */
export const modeChange = (text: string): ((mode: number, isFolder: boolean) => number) | string => {
  if (/^0?[0-7]{1,4}$/.test(text)) return () => Number.parseInt(text, 8);
  if (!/^[ugoa]*[-+=][rwxXst]*(?:,[ugoa]*[-+=][rwxXst]*)*$/.test(text)) return `\`--chmod=${text}\` is no mode`;
  const clauses = text.split(',');
  return (mode, isFolder) => clauses.reduce((before, clause) => changed(before, clause, isFolder), mode);
};

const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

const changed = (mode: number, clause: string, isFolder: boolean): number => {
  const [, who = '', operator = '', what = ''] = /^([ugoa]*)([-+=])(.*)$/.exec(clause) ?? [];
  const classes = who === '' || who.includes('a') ? ['u', 'g', 'o'] : [...who];
  let bits = 0;
  let cleared = 0;
  for (const each of classes) {
    const shift = SHIFTS[each] ?? 0;
    cleared |= 7 << shift;
    if (what.includes('r')) bits |= 4 << shift;
    if (what.includes('w')) bits |= 2 << shift;
    if (what.includes('x') || (what.includes('X') && (isFolder || (mode & 0o111) !== 0))) bits |= 1 << shift;
    if (what.includes('s') && each !== 'o') bits |= each === 'u' ? 0o4000 : 0o2000;
  }
  if (what.includes('t')) bits |= 0o1000;
  if (operator === '+') return mode | bits;
  return operator === '-' ? mode & ~bits : (mode & ~cleared) | bits;
};
