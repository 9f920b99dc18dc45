/** An address that is fetched over the web; one of a repository may be one too. */
export const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text);
