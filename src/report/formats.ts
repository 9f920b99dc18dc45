export const FORMATS = [
  'pretty',
  'compact',
  'json',
  'sarif',
  'github',
  'gitlab',
  'codeclimate',
  'junit',
  'checkstyle',
  'sonarqube',
  'markdown',
  'gnu',
  'html',
] as const;
export type Format = (typeof FORMATS)[number];

/** Whether the format prints the texts of `Report.why`. */
export const showsWhy = (format: Format): boolean => ['pretty', 'sarif', 'sonarqube', 'html'].includes(format);

/** Whether the format is lines for people, which a CI system may take for commands where nothing is done about it. */
export const isPlainText = (format: Format): boolean => ['pretty', 'compact', 'markdown', 'gnu'].includes(format);
