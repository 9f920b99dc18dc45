import { qualityIssuesOf } from './code-quality.ts';
import { escapeJson } from './escape.ts';
import type { Reporter } from './index.ts';

/** GitLab's code quality report: a list with a line for each finding. */
export const reportGitlab: Reporter = function* (report) {
  let separator = '[\n';
  for (const file of report.files) {
    for (const [issue] of qualityIssuesOf(file)) {
      yield `${separator}${escapeJson(JSON.stringify(issue))}`;
      separator = ',\n';
    }
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
};
