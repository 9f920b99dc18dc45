/** Seconds since 1970 as images tell them. */
export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** Seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000);
