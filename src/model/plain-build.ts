import type { Iechorfile } from '../ast/nodes.ts';
import { globalScope, type ImageConfig, type Scope } from './scope.ts';

const NOTHING: ImageConfig = {
  env: new Map(),
  workdir: undefined,
  user: undefined,
  cmd: undefined,
  entrypoint: undefined,
  shell: undefined,
  labels: new Map(),
  ports: [],
  volumes: [],
  stopsignal: undefined,
  onbuild: [],
  healthcheck: undefined,
};

/** The ARGs before the first FROM in a build that is given no arguments, on a usual machine. */
export const globalsByDefault = (file: Iechorfile): Scope =>
  globalScope(file, { baseConfig: NOTHING, platform: 'linux/amd64' });
