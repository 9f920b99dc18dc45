import { type MessagePort, parentPort } from 'node:worker_threads';
import { rules } from '../../rules/index.ts';
import type { Rule } from '../lint/rule.ts';
import type { LintConfig, RuleSetting } from '../lint/setting.ts';
import { batchesOf, type Share, type SharedConfig } from './batches.ts';
import { type Checked, checkTarget, plainFindings } from './check.ts';

/** A thread that checks files of a run until none is left, and then says so. */
const checkShare = async (
  { targets, maxFileSize, configs: shared, cache, next }: Share,
  port: MessagePort,
): Promise<void> => {
  const configs = shared.map(configOf);
  const findings = cache === undefined ? plainFindings : (await import('./lint-cache.ts')).cachedFindings(cache);
  const noInput = { stdin: () => undefined };
  const check = ([target, index]: Share['targets'][number]): Checked => {
    const config = configs[index];
    if (config === undefined) return { path: target.path, message: 'it has no configuration' };
    return checkTarget(target, noInput, config, maxFileSize, findings);
  };
  for (const batch of batchesOf(targets, next, check)) port.postMessage(batch);
  parentPort?.postMessage('done');
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

parentPort?.once('message', ([share, port]: [Share, MessagePort]) => void checkShare(share, port));
