/** The rules with their examples, which the bundle keeps out of the start. */
export { rules } from '../../rules/index.ts';
