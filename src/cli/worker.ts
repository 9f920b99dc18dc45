import { parentPort, workerData } from 'node:worker_threads';
import { rules } from '../../rules/index.ts';
import type { Rule } from '../lint/rule.ts';
import type { LintConfig, RuleSetting } from '../lint/setting.ts';
import { checkTarget } from './check.ts';
import type { Share } from './parallel.ts';

/** A thread that checks a share of a run's files. */
const checkShare = ({ targets, maxFileSize, rules: chosen, policy, inputs, inlineIgnores }: Share): void => {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const on = new Map<Rule, RuleSetting>();
  for (const [name, setting] of chosen) {
    const rule = byName.get(name);
    if (rule) on.set(rule, setting);
  }
  const config: LintConfig = { rules: on, inlineIgnores, ...(policy ? { policy } : {}), ...(inputs ? { inputs } : {}) };
  const noInput = { stdin: () => undefined };
  parentPort?.postMessage(targets.map((target) => checkTarget(target, noInput, config, maxFileSize)));
};

checkShare(workerData);
