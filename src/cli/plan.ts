import { parse } from '../ast/create.ts';
import type { HistoryEntry } from '../model/history.ts';
import { type ImagePlan, planImage } from '../model/plan.ts';
import { EMPTY_CONFIG, type ImageConfig, type Inputs } from '../model/scope.ts';
import { escapeLine } from '../report/escape.ts';
import { maskMessage, secretsOf } from '../report/mask-secrets.ts';
import { readBaseConfig, readBaseHistory } from './base-config.ts';
import { readBuildArgs } from './build-args.ts';
import { forEachDocument } from './documents.ts';
import type { Io } from './io.ts';
import { logText } from './log-text.ts';
import { printJson } from './print-json.ts';

export interface PlanArguments {
  readonly files: readonly string[];
  readonly format: 'pretty' | 'json' | 'jsonl';
  readonly baseConfig: string | undefined;
  readonly platform: string;
  /** Each `NAME=VALUE`, or `NAME` alone. */
  readonly buildArgs: readonly string[];
  readonly target: string | undefined;
}

/** `iechorlint plan`: the image configuration and history that each file ends with; 1 where BuildKit would refuse a file. */
export const run = async (args: PlanArguments, io: Io): Promise<number> => {
  const inputs = inputsOf(args, io);
  let refused = false;
  const code = await forEachDocument(args.files, io, ({ path, text }) => {
    const plan = planImage(parse(text), inputs);
    refused ||= 'refusal' in plan;
    if (args.format === 'json') printJson(planView(path, plan), io);
    else
      io.stdout.write(
        args.format === 'jsonl' ? `${JSON.stringify(planView(path, plan))}\n` : logText(pretty(path, plan, text), io),
      );
  });
  return code || Number(refused);
};

const inputsOf = ({ baseConfig, platform, buildArgs, target }: PlanArguments, io: Io): Inputs => ({
  baseConfig: baseConfig === undefined ? EMPTY_CONFIG : readBaseConfig(baseConfig),
  baseHistory: baseConfig === undefined ? undefined : readBaseHistory(baseConfig),
  platform,
  buildArgs: readBuildArgs(buildArgs, io.env),
  target,
});

/** What `plan --format jsonl` says of a file; fields that say nothing are left out. */
export const planView = (path: string, plan: ImagePlan) => {
  if ('refusal' in plan) return { path, err: plan.refusal };
  const { env, workdir, user, cmd, entrypoint, shell, labels, ports, volumes, stopsignal, onbuild, healthcheck } =
    plan.config;
  const view = {
    env: Array.from(env, ([name, value]) => `${name}=${value}`),
    workdir,
    user,
    cmd,
    entrypoint,
    shell,
    labels: Object.fromEntries([...labels].toSorted()),
    ports: Object.fromEntries(ports.toSorted().map((port) => [port, {}])),
    volumes: Object.fromEntries(volumes.toSorted().map((volume) => [volume, {}])),
    stopsignal,
    onbuild,
    healthcheck,
    history: plan.history.map(({ text, hasLayer }) => `${hasLayer ? 1 : 0} ${text}`),
  };
  return { path, ...Object.fromEntries(Object.entries(view).filter(([, value]) => hasContent(value))) };
};

const hasContent = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined && value !== '';

const pretty = (path: string, plan: ImagePlan, text: string): string => {
  const secrets = secretsOf(text);
  const lines =
    'refusal' in plan
      ? [`refused: ${plan.refusal}`]
      : [...rowsOf(plan.config), ...historyRows(plan.history)].map(([name, value]) => `${name.padEnd(12)}${value}`);
  return `${escapeLine(path)}\n${lines.map((line) => `  ${escapeLine(maskMessage(line, secrets))}\n`).join('')}`;
};

type Row = readonly [name: string, value: string];

const rowsOf = (config: ImageConfig): readonly Row[] => {
  const { entrypoint, cmd, shell, workdir, user, stopsignal, healthcheck } = config;
  const rows: (readonly [string, string | undefined])[] = [
    ['entrypoint', entrypoint && JSON.stringify(entrypoint)],
    ['cmd', cmd && JSON.stringify(cmd)],
    ['workdir', workdir],
    ['user', user],
    ['shell', shell && JSON.stringify(shell)],
    ['stopsignal', stopsignal],
    ['healthcheck', healthcheck && JSON.stringify(healthcheck)],
    ...Array.from(config.env, ([name, value]) => ['env', `${name}=${value}`] as const),
    ...config.ports.map((port) => ['expose', port] as const),
    ...config.volumes.map((volume) => ['volume', volume] as const),
    ...Array.from(config.labels, ([name, value]) => ['label', `${name}=${value}`] as const),
    ...config.onbuild.map((trigger) => ['onbuild', trigger] as const),
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
};

const historyRows = (history: readonly HistoryEntry[]): readonly Row[] =>
  history.map(({ text, hasLayer }) => [hasLayer ? 'layer' : 'history', text] as const);
