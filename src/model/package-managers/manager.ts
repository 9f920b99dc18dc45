/**
 * First operands that ask for something, such as `install` or `mod download`; the empty string for no operand at all. A
 * pattern may match any operand, for programs that take several goals; one behind a dash is an option, as in pacman.
 */
export type Verb = string | RegExp;

/** What is known of one package manager. `~` in a path is the user's home directory, `/root` for root. */
export interface PackageManager {
  readonly name: string;
  /** `system` for the distribution's packages, `language` for those of a programming language. */
  readonly kind: 'system' | 'language';
  /** The names of its programs; a version behind them (`pip3.11`) does not matter. */
  readonly programs: readonly string[];
  /** Install packages that are named. */
  readonly install: readonly Verb[];
  /** Install what a manifest asks for; where a verb is in `install` too, with operands it names packages. */
  readonly project: readonly Verb[];
  /** Build from the sources, and fetch what is missing for that. */
  readonly build: readonly Verb[];
  /** Fetch the index of packages. */
  readonly update: readonly Verb[];
  /** Bring all packages to their newest version. */
  readonly upgrade: readonly Verb[];
  readonly remove: readonly Verb[];
  /** Have the program empty its caches; the lists of apt stay. */
  readonly clear: readonly Verb[];
  /** Options that name a manifest to install from, such as `-r`, and those that name a file with versions alone. */
  readonly manifestOptions: readonly string[];
  readonly constraintOptions: readonly string[];
  /** Options that answer its questions; the first is the usual one. Empty where it never asks. */
  readonly assumeYes: readonly string[];
  /** Options that leave out packages which were not asked for. */
  readonly lean: readonly string[];
  /** How an operand names a version; undefined where that cannot be told. */
  readonly pin: { readonly pattern: RegExp; readonly example: string; readonly options: readonly string[] } | undefined;
  /** Files that say what a project needs, and those that fix the versions, as globs. */
  readonly manifests: readonly string[];
  readonly locks: readonly string[];
  /**
   * How it is told to fail where the lock file does not fit, the usual option first; undefined where it does that by
   * itself, or cannot. An option of one word without dashes is a verb of its own.
   */
  readonly frozen: { readonly options: readonly string[]; readonly variables: readonly string[] } | undefined;
  /** Where downloads are kept, and where the index is. */
  readonly caches: readonly string[];
  readonly lists: readonly string[];
  /** Commands to write that empty both. */
  readonly clean: readonly string[];
  /** Options and environment variables with which nothing is kept. */
  readonly noCache: readonly string[];
  readonly noCacheVariables: readonly string[];
  /** Environment variables that move the cache elsewhere. */
  readonly cacheVariables: readonly string[];
  /** The official image that keeps caches at the places which do not begin with `~`. */
  readonly image: string | undefined;
  /** Where a cache mount belongs; `locked` when two builds must not use it at once. */
  readonly mounts: readonly string[];
  readonly locked: boolean;
}

const NOTHING = {
  build: [],
  update: [],
  upgrade: [],
  remove: [],
  project: [],
  clear: [],
  manifestOptions: [],
  constraintOptions: [],
  assumeYes: [],
  lean: [],
  pin: undefined,
  manifests: [],
  locks: [],
  frozen: undefined,
  caches: [],
  lists: [],
  clean: [],
  noCache: [],
  noCacheVariables: [],
  cacheVariables: [],
  image: undefined,
  mounts: [],
  locked: false,
} as const;

type Known = Pick<PackageManager, 'name' | 'kind' | 'programs' | 'install'> & Partial<PackageManager>;

/** A package manager with what is known of it; the rest is empty. */
export const packageManager = (known: Known): PackageManager => ({ ...NOTHING, ...known });
