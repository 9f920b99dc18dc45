import { parseSync } from 'rolldown/utils';

/** What takes the place of a property that every start would load for nothing. */
const REPLACEMENTS = new Map([
  ['examples', 'examples: []'],
  ['exceptions', 'exceptions: {}'],
]);

/** The source of a rule file without its examples and exceptions, which are the larger part of it; types stay as they were. */
export const stripRule = (source: string, path: string): string => {
  let stripped = '';
  let at = 0;
  for (const { start, end, text } of propertiesOf(source, path)) {
    stripped += source.slice(at, start) + text;
    at = end;
  }
  return stripped + source.slice(at);
};

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** In order of place. */
const propertiesOf = (source: string, path: string): readonly Replacement[] => {
  const replacements: Replacement[] = [];
  for (const property of definitionIn(source, path).properties) {
    if (property.type !== 'Property' || property.key.type !== 'Identifier') continue;
    const text = REPLACEMENTS.get(property.key.name);
    if (text !== undefined) replacements.push({ start: property.start, end: property.end, text });
  }
  return replacements;
};

/** The object that the file's `export default defineRule({…})` is given. */
const definitionIn = (source: string, path: string) => {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  for (const statement of program.body) {
    if (statement.type !== 'ExportDefaultDeclaration' || statement.declaration.type !== 'CallExpression') continue;
    const {
      callee,
      arguments: [definition],
    } = statement.declaration;
    if (callee.type === 'Identifier' && callee.name === 'defineRule' && definition?.type === 'ObjectExpression') {
      return definition;
    }
  }
  throw new Error(`${path} has no \`export default defineRule({…})\``);
};
