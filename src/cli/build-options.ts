import type { Limits } from '../build/sandbox/limits.ts';
import { ConfigError } from '../config/error.ts';
import { HOST_PLATFORM } from '../oci/platform.ts';
import type { Registries } from '../oci/session.ts';
import { type AttestOptions, attestOptionsOf } from './attest-options.ts';
import { type Output, outputsOf } from './build-output.ts';
import { type CacheFrom, type CacheTo, cachesFrom, cachesTo } from './cache-options.ts';
import { type Call, callOf } from './call-option.ts';
import { choiceOf, type Given, isOn, listOf, textOf, textsOf } from './given.ts';
import { fullName } from './image-names.ts';
import { limitsOf } from './limit-options.ts';
import { FAIL_ON } from './lint-options.ts';
import { checkedPlatform, platformsIn } from './platform-options.ts';
import { PROGRESS } from './progress-names.ts';
import { registriesOf } from './registry-options.ts';

export interface BuildOptions extends AttestOptions {
  readonly context: string;
  readonly file: string | undefined;
  /** Full names. */
  readonly tags: readonly string[];
  readonly buildArgs: readonly string[];
  readonly target: string | undefined;
  readonly keepsTimes: boolean;
  readonly noCache: boolean;
  /** In lower case; or the number of a stage. */
  readonly noCacheStages: ReadonlySet<string>;
  readonly cacheFrom: readonly CacheFrom[];
  readonly cacheTo: readonly CacheTo[];
  readonly pull: boolean;
  readonly network: 'host' | 'none';
  /** That of one build; of the first where there are several. */
  readonly platform: string;
  /** All that are asked for, each once. */
  readonly platforms: readonly string[];
  /** Whether they are not just those of this machine. */
  readonly isPlatformAsked: boolean;
  readonly labels: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
  readonly ssh: readonly string[];
  readonly hosts: readonly string[];
  readonly limits: Limits | undefined;
  readonly onFailure: 'stop' | 'shell';
  readonly runner: RunnerName;
  readonly allowsInsecure: boolean;
  readonly allowsNetwork: boolean;
  readonly contexts: ReadonlyMap<string, string>;
  readonly outputs: readonly Output[];
  /** How registries are reached. */
  readonly registries: Registries;
  readonly store: string | undefined;
  readonly lint: boolean;
  /** Whether to build a file whose `# syntax=` asks for another grammar. */
  readonly forceSyntax: boolean;
  readonly failOn: (typeof FAIL_ON)[number] | undefined;
  readonly quiet: boolean;
  readonly iidFile: string | undefined;
  readonly metadataFile: string | undefined;
  readonly progress: (typeof PROGRESS)[number];
  /** Say what would be done, and do nothing. */
  readonly plan: boolean;
  readonly format: 'pretty' | 'json';
  /** What to do instead of building. */
  readonly call: Call | undefined;
}

export const buildOptionsOf = (given: Given): BuildOptions => {
  const [context = '.', ...more] = given.operands;
  if (more.length > 0)
    throw new ConfigError(`build takes one context, and got ${more.length + 1}: ${given.operands.join(' ')}`);
  const platforms = platformsIn(given);
  const [platform = HOST_PLATFORM] = platforms;
  return {
    context,
    ...{ platform, platforms },
    ...recipeOf(given),
    ...cachingOf(given),
    ...sandboxOf(given),
    ...resultsOf(given, platforms),
    ...attestOptionsOf(given),
    registries: registriesOf(given),
    plan: isOn(given, 'plan'),
    format: planFormatOf(given),
    call: callOf(given),
  };
};

/** What is built. */
const recipeOf = (given: Given) => ({
  file: textOf(given, 'file'),
  buildArgs: textsOf(given, 'build-arg'),
  target: textOf(given, 'target'),
  contexts: contextsIn(given),
  isPlatformAsked: textsOf(given, 'platform').length > 0,
  lint: !isOn(given, 'no-lint'),
  forceSyntax: isOn(given, 'force-builtin-syntax'),
  failOn: choiceOf(given, 'fail-on', FAIL_ON),
});

const cachingOf = (given: Given) => ({
  noCache: isOn(given, 'no-cache'),
  noCacheStages: new Set(listOf(given, 'no-cache-filter').map((name) => name.toLowerCase())),
  cacheFrom: cachesFrom(given),
  cacheTo: cachesTo(given),
  pull: isOn(given, 'pull'),
  store: textOf(given, 'store'),
});

/** How steps run, and with what. */
const sandboxOf = (given: Given) => ({
  network: choiceOf(given, 'network', ['host', 'none'] as const) ?? 'host',
  secrets: textsOf(given, 'secret'),
  ssh: textsOf(given, 'ssh'),
  hosts: textsOf(given, 'add-host'),
  limits: limitsOf(given),
  runner: runnerOf(given),
  allowsInsecure: textsOf(given, 'allow').includes('security.insecure'),
  allowsNetwork: textsOf(given, 'allow').includes('network.host'),
  onFailure: choiceOf(given, 'on-failure', ['stop', 'shell'] as const) ?? 'stop',
});

/** What comes of it, and how that is told. */
const resultsOf = (given: Given, platforms: readonly string[]) => ({
  tags: textsOf(given, 'tag').map(tagOf),
  labels: pairsOf(given, 'label', ''),
  keepsTimes: choiceOf(given, 'timestamps', ['fixed', 'keep'] as const) === 'keep',
  outputs: outputsOf(given, platforms),
  quiet: isOn(given, 'quiet'),
  iidFile: textOf(given, 'iidfile'),
  metadataFile: textOf(given, 'metadata-file'),
  progress: choiceOf(given, 'progress', PROGRESS) ?? 'auto',
});

const tagOf = (text: string): string => {
  const name = fullName(text);
  if (!name.includes('@')) return name;
  throw new ConfigError(
    `--tag ${text}: a digest comes of what is built; name it by a tag, as in ${text.replace(/(?::[^/]*)?@.*/s, '')}:1.0`,
  );
};

const planFormatOf = (given: Given): 'pretty' | 'json' => {
  const format = choiceOf(given, 'format', ['pretty', 'json'] as const);
  if (format !== undefined && !isOn(given, 'plan'))
    throw new ConfigError('--format is how --plan is printed, which is not given');
  return format ?? 'pretty';
};

/** `NAME::PLATFORM=…` is for one platform alone. */
const contextsIn = (given: Given): ReadonlyMap<string, string> => {
  const contexts = Array.from(pairsOf(given, 'build-context'), ([name, value]) => {
    const [first = '', platform] = name.split('::');
    if (platform === undefined) return [name, value] as const;
    return [`${first}::${checkedPlatform(platform, `--build-context ${first}::PLATFORM`)}`, value] as const;
  });
  return new Map(contexts);
};

/** `usual` is the value of a name that stands alone, where one may. */
const pairsOf = (given: Given, name: string, usual?: string): ReadonlyMap<string, string> =>
  new Map(
    textsOf(given, name).map((text) => {
      const equals = text.indexOf('=');
      if (equals < 0 && usual !== undefined) return [text, usual] as const;
      if (equals < 1) throw new ConfigError(`--${name} takes NAME=VALUE, not \`${text}\``);
      return [text.slice(0, equals), text.slice(equals + 1)] as const;
    }),
  );

export const RUNNERS = ['unshare', 'crun', 'runc'] as const;
export type RunnerName = (typeof RUNNERS)[number];

export const runnerOf = (given: Given): RunnerName => choiceOf(given, 'runner', RUNNERS) ?? 'unshare';
