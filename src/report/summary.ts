import type { Safety, Severity } from '../lint/diagnostic.ts';
import { SEVERITIES } from '../lint/diagnostic.ts';
import type { Report } from './index.ts';
import { plural } from './prose.ts';

/** How many findings there are, by severity and by who can fix them. */
export interface Counts {
  readonly severities: Readonly<Record<Severity, number>>;
  readonly fixes: Readonly<Record<Safety, number>>;
  readonly total: number;
  /** Files with a finding. */
  readonly files: number;
}

export const countsOf = ({ files }: Pick<Report, 'files'>): Counts => {
  const severities = { error: 0, warning: 0, info: 0, style: 0 };
  const fixes = { safe: 0, unsafe: 0, manual: 0 };
  let total = 0;
  for (const { diagnostics } of files) {
    total += diagnostics.length;
    for (const { severity, fix } of diagnostics) {
      severities[severity]++;
      if (fix !== undefined) fixes[fix.safety]++;
    }
  }
  return { severities, fixes, total, files: files.filter(({ diagnostics }) => diagnostics.length > 0).length };
};

/** `3 errors, 2 warnings in 4 files; 2 can be fixed with --fix, 1 more with --fix --unsafe-fixes`. */
export const summarise = (report: Report): string => {
  const counts = countsOf(report);
  const hasFiles = report.files.length > 0 || report.unreadable.length === 0;
  const parts = hasFiles ? [`${severitiesOf(counts)} in ${filesOf(counts, report.files.length)}`] : [];
  const fixable = fixableOf(counts);
  if (fixable !== undefined) parts.push(fixable);
  if (report.unreadable.length > 0) parts.push(`${plural(report.unreadable.length, 'file')} could not be read`);
  return parts.join('; ');
};

/** `2 errors, 1 warning`, only what there is. */
export const severitiesOf = ({ severities, total }: Pick<Counts, 'severities' | 'total'>): string => {
  if (total === 0) return 'no findings';
  const present = SEVERITIES.filter((severity) => severities[severity] > 0);
  return present.map((severity) => plural(severities[severity], severity)).join(', ');
};

const filesOf = (counts: Counts, linted: number): string =>
  counts.files === 0 || counts.files === linted
    ? plural(linted, 'file')
    : `${counts.files} of ${plural(linted, 'file')}`;

const fixableOf = ({ fixes: { safe, unsafe } }: Counts): string | undefined => {
  if (safe === 0 && unsafe === 0) return undefined;
  if (unsafe === 0) return `${safe} can be fixed with --fix`;
  if (safe === 0) return `${unsafe} can be fixed with --fix --unsafe-fixes`;
  return `${safe} can be fixed with --fix, ${unsafe} more with --fix --unsafe-fixes`;
};
