/* How Go prints values: BuildKit's history is made of such texts. */

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** The text as `%q` prints it: in double quotes, everything that cannot be seen escaped. */
export const quoted = (text: string): string =>
  `"${text.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (char) => ESCAPES[char] ?? codeOf(char))}"`;

const codeOf = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x80) return `\\x${digits.padStart(2, '0')}`;
  return code > 0xff_ff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
};

const SECOND = 1e9;
const SMALL_UNITS = [
  ['ms', 1e6],
  ['µs', 1e3],
] as const;

/** Nanoseconds as `%v` prints a duration, such as `1m30s`. */
export const durationText = (nanoseconds: number): string => {
  if (nanoseconds < 0) return `-${durationText(-nanoseconds)}`;
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < SECOND) {
    const [unit, size] = SMALL_UNITS.find(([, each]) => nanoseconds >= each) ?? ['ns', 1];
    return `${nanoseconds / size}${unit}`;
  }
  const minutes = Math.floor(nanoseconds / (60 * SECOND));
  const seconds = `${(nanoseconds - minutes * 60 * SECOND) / SECOND}s`;
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
};
