/** Seconds since 1970 as images tell them. */
export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** A time as Node sets it on files: it takes numbers below 0 for the present. */
export const fileTime = (seconds: number): number | Date => (seconds < 0 ? new Date(seconds * 1000) : seconds);

/** Seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000);
