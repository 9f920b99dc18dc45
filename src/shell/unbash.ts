export type * as Bash from 'unbash';
export { parse } from 'unbash';
