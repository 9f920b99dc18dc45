/** An address without the password in it. */
export const masked = (url: string): string => url.replace(/\/\/[^/@]*@/, '//***@');
