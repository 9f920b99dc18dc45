import { EMPTY_CONFIG, type HealthcheckConfig, type ImageConfig } from '../model/scope.ts';
import type { ContainerJson } from '../oci/image.ts';

/** The configuration of an image as instructions see it. */
export const configOf = (json: ContainerJson | undefined): ImageConfig => ({
  ...EMPTY_CONFIG,
  env: new Map((json?.Env ?? []).map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)])),
  workdir: json?.WorkingDir || undefined,
  user: json?.User || undefined,
  cmd: json?.Cmd ?? undefined,
  entrypoint: json?.Entrypoint ?? undefined,
  shell: json?.Shell ?? undefined,
  labels: new Map(Object.entries(json?.Labels ?? {})),
  ports: Object.keys(json?.ExposedPorts ?? {}),
  volumes: Object.keys(json?.Volumes ?? {}),
  stopsignal: json?.StopSignal,
  onbuild: json?.OnBuild ?? [],
  healthcheck: isHealthcheck(json?.Healthcheck) ? json.Healthcheck : undefined,
});

const isHealthcheck = (value: object | undefined): value is HealthcheckConfig => value !== undefined && 'Test' in value;

/** The configuration that a state ends in, on top of what the base image has and no instruction touches. */
export const jsonOf = (base: ContainerJson | undefined, config: ImageConfig): ContainerJson => {
  const { OnBuild: _onBuild, ...kept } = base ?? {};
  const set = (value: Iterable<string>) => Object.fromEntries(Array.from(value, (key) => [key, {}]));
  return {
    ...kept,
    ...(config.user ? { User: config.user } : {}),
    ...(config.ports.length ? { ExposedPorts: set(config.ports) } : {}),
    ...(config.env.size ? { Env: Array.from(config.env, ([name, value]) => `${name}=${value}`) } : {}),
    ...(config.entrypoint ? { Entrypoint: config.entrypoint } : {}),
    Cmd: config.cmd ?? null,
    ...(config.volumes.length ? { Volumes: set(config.volumes) } : {}),
    WorkingDir: config.workdir ?? '/',
    ...(config.labels.size ? { Labels: Object.fromEntries(config.labels) } : {}),
    ...(config.stopsignal ? { StopSignal: config.stopsignal } : {}),
    ...(config.healthcheck ? { Healthcheck: config.healthcheck } : {}),
    ...(config.onbuild.length ? { OnBuild: config.onbuild } : {}),
    ...(config.shell ? { Shell: config.shell } : {}),
  };
};
