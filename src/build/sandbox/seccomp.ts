import { readFileSync } from 'node:fs';

/** Where distributions keep the profile that containers run with. */
const PROFILES = ['/usr/share/containers/seccomp.json', '/etc/containers/seccomp.json', '/etc/docker/seccomp.json'];

interface Condition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
}

interface Rule {
  readonly names?: readonly string[];
  readonly action: string;
  readonly args?: readonly object[] | null;
  readonly errnoRet?: number;
  readonly includes?: Condition;
  readonly excludes?: Condition;
}

interface Profile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] | null }[];
  readonly syscalls: readonly Rule[];
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: 'x86' };

/** The machine's own filter of system calls as runtimes take it, for a step with these capabilities. */
export const seccompFilter = (capabilities: readonly string[]): object | undefined => {
  const profile = PROFILES.map(readProfile).find((each) => each !== undefined);
  if (!profile) return undefined;
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  const holds = ({ caps = [], arches = [] }: Condition = {}) =>
    caps.every((name) => capabilities.includes(name)) && (arches.length === 0 || arches.includes(architecture));
  const isExcluded = ({ caps = [], arches = [] }: Condition = {}) =>
    caps.some((name) => capabilities.includes(name)) || arches.includes(architecture);
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrnoRet === undefined ? {} : { defaultErrnoRet: profile.defaultErrnoRet }),
    architectures: profile.archMap
      ?.filter(
        ({ architecture: name }) =>
          name === (process.arch === 'x64' ? 'SCMP_ARCH_X86_64' : `SCMP_ARCH_${architecture.toUpperCase()}`),
      )
      .flatMap(({ architecture: name, subArchitectures }) => [name, ...(subArchitectures ?? [])]),
    syscalls: profile.syscalls
      .filter(({ includes, excludes }) => holds(includes) && !isExcluded(excludes))
      .map(({ names, action, args, errnoRet }) => ({
        ...{ names, action },
        ...(args && args.length > 0 ? { args } : {}),
        ...(errnoRet === undefined ? {} : { errnoRet }),
      })),
  };
};

const readProfile = (path: string): Profile | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};
