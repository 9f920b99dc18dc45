/** How layers may be compressed. */
export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** The usual and the highest level of each. */
export const LEVELS = { none: [0, 0], gzip: [6, 9], zstd: [3, 19] } as const;
