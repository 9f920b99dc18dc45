import { laterOf, VERSIONS } from './images.ts';

/** The major release of Node.js for what package.json asks for: `^20` and `20.x` are 20, `>=18` is the usual one. */
export const nodeVersionFor = (wanted: string | undefined): string => {
  const majors = (wanted ?? '').split('||').map((part) => nodeMajorIn(part.trim()));
  return (
    majors.reduce((best, each) => (best === undefined || laterOf(best, each) !== best ? each : best)) ?? VERSIONS.node
  );
};

const nodeMajorIn = (range: string): string | undefined => {
  const from = /(?:^|[^<\d.])(\d{1,3})\b/.exec(range)?.[1];
  const end = /<(=?)\s*(\d{1,3})(\.[1-9])?/.exec(range);
  if (!/>/.test(range) && !end) return from;
  const usual = laterOf(VERSIONS.node, from);
  if (!end) return usual;
  const last = Number(end[2]) - (end[1] || end[3] ? 0 : 1);
  return laterOf(String(last), usual) === usual ? String(last) : usual;
};

/** The release of Python for what a project asks for: `==3.12.*` and `<3.13` are 3.12, `>=3.9` is the usual one. */
export const pythonVersionFor = (wanted: string | undefined): string => {
  const range = wanted ?? '';
  const exact = /^(?:==\s*|~\s*|~=\s*(?=3\.\d+\.))?(3\.\d{1,2})/.exec(range.trim())?.[1];
  if (exact !== undefined) return exact;
  const from = laterOf(VERSIONS.python, /[>^~]=?\s*(3\.\d{1,2})/.exec(range)?.[1]);
  const [, isIncluded, end] = /<(=?)\s*3\.(\d{1,2})/.exec(range) ?? [];
  if (end === undefined) return from;
  const last = `3.${Number(end) - (isIncluded ? 0 : 1)}`;
  return laterOf(last, from) === from ? last : from;
};
