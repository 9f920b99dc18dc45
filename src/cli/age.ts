const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Units from the largest on: their seconds, and from how many seconds on they are counted in. */
const UNITS = [
  [365 * DAY, 730 * DAY, 'year'],
  [30 * DAY, 60 * DAY, 'month'],
  [7 * DAY, 14 * DAY, 'week'],
  [DAY, 2 * DAY, 'day'],
  [HOUR, HOUR, 'hour'],
  [MINUTE, MINUTE, 'minute'],
  [1, 0, 'second'],
] as const;

/** How long ago a time was, such as `3 hours ago`; 1970 is when images have no time, and what is none stays as it is. */
export const ageOf = (time: string, now = Date.now()): string => {
  if (Date.parse(time) === 0) return 'N/A';
  const seconds = (now - Date.parse(time)) / 1000;
  if (Number.isNaN(seconds)) return time;
  if (seconds < 0) return time.replace(/\.\d+/, '');
  const [length, , name] = UNITS.find(([, least]) => seconds >= least) ?? UNITS[6];
  const count = Math.floor(seconds / length);
  return `${count} ${name}${count === 1 ? '' : 's'} ago`;
};
