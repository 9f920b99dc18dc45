const UNITS: Readonly<Record<string, number>> = { '': 0, b: 0, k: 1, m: 2, g: 3, t: 4 };

/** `128m`, `1GiB`: powers of 1024, as Docker has it; NaN for anything else. */
export const bytesIn = (text: string): number => {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgt]?)(?:i?b)?$/i.exec(text.toLowerCase()) ?? [];
  return digits === '' ? Number.NaN : Math.floor(Number(digits) * 1024 ** (UNITS[unit] ?? 0));
};
