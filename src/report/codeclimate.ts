import type { Category } from '../lint/rule.ts';
import { qualityIssuesOf } from './code-quality.ts';
import { escapeJson } from './escape.ts';
import type { Reporter } from './index.ts';

/** Code Climate's issues, each ended by a NUL as its specification wants. */
export const reportCodeclimate: Reporter = function* (report) {
  const categories = new Map(report.rules.map(({ name, category }) => [name, CATEGORIES[category]]));
  for (const file of report.files) {
    for (const [issue, { rule, help }, view] of qualityIssuesOf(file)) {
      const content = help === undefined ? {} : { content: { body: view.paragraphs(help) } };
      const entry = { type: 'issue', categories: [categories.get(rule) ?? 'Bug Risk'], ...issue, ...content };
      yield `${escapeJson(JSON.stringify(entry))}\0`;
    }
  }
};

const CATEGORIES: Readonly<Record<Category, string>> = {
  ordering: 'Performance',
  cache: 'Performance',
  security: 'Security',
  correctness: 'Bug Risk',
  'multi-stage': 'Clarity',
  syntax: 'Bug Risk',
  size: 'Performance',
  reproducibility: 'Compatibility',
  maintainability: 'Clarity',
  style: 'Style',
  shell: 'Bug Risk',
  labels: 'Clarity',
  image: 'Bug Risk',
};
