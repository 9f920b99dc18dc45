import type { Run } from '../ast/nodes.ts';
import type { Model } from '../model/index.ts';
import { BuildError } from './error.ts';
import type { BuildRequest } from './request.ts';
import { HOSTNAME } from './sandbox/port.ts';

const PROXIES = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy', 'all_proxy'];

/** Proxies that the build gives need no ARG, are there in both spellings, and make no step another. */
export const proxiesOf = ({ inputs }: BuildRequest): readonly (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = [];
  for (const [name, value] of inputs.buildArgs ?? []) {
    const lower = name.toLowerCase();
    if (PROXIES.includes(lower)) found.push([lower, value], [lower.toUpperCase(), value]);
  }
  return found;
};

/** The further hosts that a step knows; their addresses do not decide what comes of it, as in BuildKit. */
export const hostNames = ({ hosts = [] }: BuildRequest): readonly string[] =>
  hosts.map((line) => line.split('\t')[1] ?? '');

const HOSTNAME_ARG = 'BUILDKIT_SANDBOX_HOSTNAME';

/** The name of a step's host: that of the argument for it, else always the same. Throws BuildError. */
export const hostnameOf = (model: Model, node: Run, { inputs }: BuildRequest): string => {
  const name =
    model.stateBefore(node).bindings.get(HOSTNAME_ARG)?.value ||
    inputs.buildArgs?.get(HOSTNAME_ARG) ||
    model.globals.bindings.get(HOSTNAME_ARG)?.value ||
    HOSTNAME;
  if (!/^[\w.-]{1,64}$/.test(name)) throw new BuildError(`\`${name}\` is no name of a host (${HOSTNAME_ARG})`, node);
  return name;
};

/** A file does not take back the network that its builder has taken away. Throws BuildError. */
export const networkOf = (node: Run, { network: usual, allowsNetwork }: BuildRequest): 'host' | 'none' => {
  const asked = node.flags.findLast(({ name }) => name.text === 'network')?.value?.text;
  if (asked === 'host' && usual === 'none' && !allowsNetwork)
    throw new BuildError(
      '--network=host asks for what --network none takes away: allow it by --allow network.host',
      node,
    );
  return asked === 'none' || asked === 'host' ? asked : usual;
};

export const isInsecureRun = (node: Run): boolean =>
  node.flags.findLast(({ name }) => name.text === 'security')?.value?.text === 'insecure';
