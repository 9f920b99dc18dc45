import type { Inputs } from '../model/index.ts';
import type { Image, Platform } from '../oci/image.ts';
import type { Material } from './attest/provenance.ts';
import type { CommonSteps } from './common-steps.ts';
import type { BuildEvent } from './events.ts';
import type { FileTree } from './files.ts';
import type { Journal } from './journal.ts';
import type { RemoteLayers, StepRecord } from './remote-layers.ts';
import type { Limits } from './sandbox/limits.ts';
import type { Sandbox } from './sandbox/port.ts';
import type { Agent } from './ssh-agent.ts';
import type { Store } from './store.ts';

/** What a build starts from besides its file. */
export interface BuildRequest {
  readonly inputs: Inputs;
  readonly platform: Platform;
  /** Else an image is for what its base is for. */
  readonly isPlatformAsked?: boolean;
  readonly store: Store;
  readonly context: FileTree;
  /** Folders that are given by name; undefined for other names. */
  readonly contextNamed?: (name: string) => Promise<FileTree | undefined>;
  /** A text says why nothing can be run. */
  readonly sandbox: Sandbox | string;
  readonly network: 'host' | 'none';
  /** Run again what an earlier build has run. */
  readonly noCache: boolean;
  /** Run again what an earlier build has run of these names or numbers of stages. */
  readonly noCacheStages?: ReadonlySet<string>;
  /** Seconds since 1970, for everything that is new; undefined: files keep their times, and what is made is made now. */
  readonly epoch: number | undefined;
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  /** Agents for ssh by their ids. */
  readonly ssh?: ReadonlyMap<string, Agent>;
  /** Whether `RUN --security=insecure` may be carried out: such a step can do all that its user can do on the machine. */
  readonly allowsInsecure?: boolean;
  /** Whether `RUN --network=host` has the machine's network where all others have none. */
  readonly allowsNetwork?: boolean;
  /** Called with a shell in the files as a failed step has left them. */
  readonly onFailure?: (shell: () => Promise<number>) => Promise<void>;
  /** Lines for `/etc/hosts` of every step. */
  readonly hosts?: readonly string[];
  /** What every step may use. */
  readonly limits?: Limits | undefined;
  /** The image that FROM or `--from` names, for another platform than that of the build where one is told. Throws ImageError. */
  readonly imageNamed: (text: string, platform?: string) => Promise<Image>;
  /** Where this is one of several builds that go on at once, what they have made. */
  readonly common?: CommonSteps;
  /** Called for every download and commit. */
  readonly source?: (material: Material) => void;
  readonly remote?: RemoteLayers;
  /** Called for every step that makes a layer. */
  readonly record?: (step: StepRecord) => void;
  /** What earlier builds of the file were made of. */
  readonly journal?: Journal;
  readonly report: (event: BuildEvent) => void;
}
