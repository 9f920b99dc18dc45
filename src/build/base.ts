import { EMPTY_CONFIG, type HealthcheckConfig, type ImageConfig } from '../model/scope.ts';
import type { ContainerJson, ImageJson } from '../oci/image.ts';

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

/**
 * The configuration that a state ends in. As BuildKit writes it: of the base image nothing that its specification does not
 * know, and no field that says nothing.
 */
export const jsonOf = (base: ContainerJson | undefined, config: ImageConfig): ContainerJson => {
  const set = (value: Iterable<string>) => Object.fromEntries(Array.from(value, (key) => [key, {}]));
  const { user, ports, env, entrypoint, cmd, volumes, labels, stopsignal, onbuild, shell } = config;
  const healthcheck = config.healthcheck ?? base?.Healthcheck;
  const workdir = config.workdir ?? (base ? undefined : '/');
  return {
    ...(user ? { User: user } : {}),
    ...(ports.length ? { ExposedPorts: set(ports) } : {}),
    ...(env.size ? { Env: Array.from(env, ([name, value]) => `${name}=${value}`) } : {}),
    ...(entrypoint?.length ? { Entrypoint: entrypoint } : {}),
    ...(cmd?.length ? { Cmd: cmd } : {}),
    ...(volumes.length ? { Volumes: set(volumes) } : {}),
    ...(workdir ? { WorkingDir: workdir } : {}),
    ...(labels.size ? { Labels: Object.fromEntries(labels) } : {}),
    ...(stopsignal ? { StopSignal: stopsignal } : {}),
    ...(base?.ArgsEscaped === true ? { ArgsEscaped: true } : {}),
    ...(healthcheck ? { Healthcheck: healthcheck } : {}),
    ...(onbuild.length ? { OnBuild: onbuild } : {}),
    ...(shell?.length ? { Shell: shell } : {}),
  };
};

/** What an image keeps of the one it is built on, besides what every image has. */
const KEPT = ['author', 'variant', 'os.version', 'os.features', 'config', 'history'];

/** Without what told of another image, such as its cache. */
export const keptJson = ({ architecture, os, rootfs, ...more }: ImageJson): ImageJson => ({
  ...{ architecture, os, rootfs },
  ...Object.fromEntries(Object.entries(more).filter(([name]) => KEPT.includes(name))),
});
