/** Addresses without the passwords in them, to the last `@` before a path. */
export const masked = (text: string): string => text.replace(/\/\/[^/?#\s]+@/g, '//***@');
