const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** As people read sizes: `1.2MB`, a thousand bytes to the kB. */
export const bytes = (size: number): string => {
  let value = size;
  let unit = 0;
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(3))}${UNITS[unit]}`;
};
