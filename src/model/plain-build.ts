import type { From, Iechorfile } from '../ast/nodes.ts';
import { type Expansion, expand } from './expand.ts';
import { environmentOf, globalScope, type ImageConfig, type Scope } from './scope.ts';

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

const scopes = new WeakMap<Iechorfile, Scope>();

/** The image that a FROM names in a build that is given no arguments, on a usual machine. */
export const imageByDefault = (file: Iechorfile, { image }: From): Expansion => {
  const scope = scopes.get(file) ?? globalScope(file, { baseConfig: NOTHING, platform: 'linux/amd64' });
  scopes.set(file, scope);
  return expand(image.parts, environmentOf(scope));
};
