import { ConfigError } from '../config/error.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1000,
  m: 1_000_000,
  g: 1_000_000_000,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
};

/** The bytes of a size such as `5MB`, `500k`, `1.5 MiB` or `80000`; `option` is named where it makes no sense. */
export const sizeOf = (text: string, option: string): number => {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmg]i?)?b?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? Number.NaN));
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new ConfigError(`${option} is a size such as 5MB, 500k or 80000, not \`${text}\``);
};
