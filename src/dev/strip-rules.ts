import { type Edit, programOf, withEdits } from './source-edits.ts';

/** What takes the place of a property that every start would load for nothing. */
const REPLACEMENTS = new Map([
  ['examples', 'examples: []'],
  ['exceptions', 'exceptions: {}'],
]);

/** The source of a rule file without its examples and exceptions, which are the larger part of it; types stay as they were. */
export const stripRule = (source: string, path: string): string => withEdits(source, editsOf(source, path));

const editsOf = (source: string, path: string): readonly Edit[] => {
  const edits: Edit[] = [];
  for (const property of definitionIn(source, path).properties) {
    if (property.type !== 'Property' || property.key.type !== 'Identifier') continue;
    const text = REPLACEMENTS.get(property.key.name);
    if (text !== undefined) edits.push({ start: property.start, end: property.end, text });
  }
  return edits;
};

/** The object that the file's `export default defineRule({…})` is given. */
const definitionIn = (source: string, path: string) => {
  for (const statement of programOf(source, path).body) {
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
