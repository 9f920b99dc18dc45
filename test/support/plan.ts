import { parse } from '../../src/ast/create.ts';
import { planImage } from '../../src/model/plan.ts';
import type { ImageConfig, Inputs } from '../../src/model/scope.ts';

/** What every base image is taken to have. */
export const BASE: ImageConfig = {
  env: new Map([
    ['PATH', '/usr/bin:/bin'],
    ['BASE', 'from-base'],
  ]),
  workdir: undefined,
  user: undefined,
  cmd: ['/bin/sh'],
  entrypoint: undefined,
  shell: undefined,
  labels: new Map(),
  ports: [],
  volumes: [],
  stopsignal: undefined,
  onbuild: [],
  healthcheck: undefined,
};

/** The configuration that a file ends with; throws where BuildKit would refuse it. */
export const configOf = (text: string, inputs: Inputs = {}): ImageConfig => {
  const plan = planImage(parse(text), { platform: 'linux/amd64', baseConfig: BASE, ...inputs });
  if ('refusal' in plan) throw new Error(plan.refusal);
  return plan.config;
};

/** The history that a file ends with: `1 ` for a layer or `0 `, and the text. */
export const historyIn = (text: string, inputs: Inputs = {}): readonly string[] => {
  const plan = planImage(parse(text), { platform: 'linux/amd64', baseConfig: BASE, ...inputs });
  if ('refusal' in plan) throw new Error(plan.refusal);
  return plan.history.map((entry) => `${entry.hasLayer ? 1 : 0} ${entry.text}`);
};

/** Why BuildKit would refuse a file, or undefined. */
export const refusalIn = (text: string, inputs: Inputs = {}): string | undefined => {
  const plan = planImage(parse(text), { platform: 'linux/amd64', baseConfig: BASE, ...inputs });
  return 'refusal' in plan ? plan.refusal : undefined;
};

/** The value of `V` in the environment of the image. */
export const valueOfV = (text: string, inputs: Inputs = {}): string | undefined => configOf(text, inputs).env.get('V');
