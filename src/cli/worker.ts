import { parentPort, workerData } from 'node:worker_threads';
import { rules } from '../../rules/index.ts';
import type { Rule } from '../lint/rule.ts';
import type { LintConfig, RuleSetting } from '../lint/setting.ts';
import { checkTarget, plainFindings } from './check.ts';
import type { Share, SharedConfig } from './parallel.ts';

/** A thread that checks a share of a run's files. */
const checkShare = async ({ targets, maxFileSize, configs: shared, cache }: Share): Promise<void> => {
  const configs = shared.map(configOf);
  const findings = cache === undefined ? plainFindings : (await import('./lint-cache.ts')).cachedFindings(cache);
  const noInput = { stdin: () => undefined };
  const answers = targets.flatMap(([target, index]) => {
    const config = configs[index];
    return config ? [checkTarget(target, noInput, config, maxFileSize, findings)] : [];
  });
  parentPort?.postMessage(answers);
};

const configOf = ({ rules: chosen, ...rest }: SharedConfig): LintConfig => {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const on = new Map<Rule, RuleSetting>();
  for (const [name, setting] of chosen) {
    const rule = byName.get(name);
    if (rule) on.set(rule, setting);
  }
  return { ...rest, rules: on, known: rules };
};

void checkShare(workerData);
