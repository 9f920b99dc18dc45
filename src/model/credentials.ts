/** Tokens of well-known services, and signed claims. */
const TOKEN = String.raw`gh[pousr]_\w{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}|xox[abeprs]-[\w-]{10,}|[rs]k_live_\w{20,}|AIza[\w-]{35}|npm_\w{36}|pypi-AgE\w{20,}|dckr_pat_[\w-]{20,}|hf_\w{30,}|SG\.[\w-]{20,}\.[\w-]{20,}|shpat_\w{32}|AGE-SECRET-KEY-1\w+|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}`;

/** Below it nothing matches, and most values are. */
const SHORTEST = 15;
const WHOLE = new RegExp(`^(?:${TOKEN})$|-----BEGIN [A-Z ]*PRIVATE KEY-----`);
const ANYWHERE = new RegExp(String.raw`\b(?:${TOKEN})|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*`, 'g');

/** Whether a value is a credential by its looks, whatever its name is. */
export const isCredential = (value: string): boolean => value.length >= SHORTEST && WHOLE.test(value);

/** The text with every such credential replaced. */
export const withoutCredentials = (text: string, replacement: string): string => text.replace(ANYWHERE, replacement);
