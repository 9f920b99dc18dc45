/** The bits of an octal mode such as `0777`; undefined where it is none. */
export const octalMode = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-7]{3,5}$/.test(text) ? Number.parseInt(text, 8) : undefined;

const STICKY = 0o1000;
const OTHERS_WRITE = 0o002;

/** Whether a mode as chmod takes it lets everybody write; in a folder with the sticky bit nobody can delete what is another's. */
export const isWorldWritable = (text: string | undefined): boolean => {
  const bits = octalMode(text);
  if (bits !== undefined) return (bits & OTHERS_WRITE) !== 0 && (bits & STICKY) === 0;
  const clauses = text?.split(',') ?? [];
  if (clauses.some((clause) => /^[ugoa]*\+[rwxX]*t/.test(clause))) return false;
  return clauses.some((clause) => /^[ug]*[oa][ugoa]*(?:[+=][rxXst]*w)/.test(clause));
};
