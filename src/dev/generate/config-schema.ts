import { configSchema } from '../../config/schema.ts';
import type { Rule } from '../../lint/index.ts';

/** `schema.json`: what a configuration may say, for editors. */
export const schemaText = (rules: readonly Rule[]): string => `${JSON.stringify(configSchema(rules), undefined, 1)}\n`;
