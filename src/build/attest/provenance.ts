import type { Instruction } from '../../ast/nodes.ts';
import type { StageInfo } from '../../model/stages.ts';
import type { Attestation } from '../../oci/attestation.ts';
import type { Digest } from '../../oci/image.ts';

/** https://slsa.dev/spec/v1.1/provenance, in the fields of which BuildKit's build definition is followed. */
export const PROVENANCE = 'https://slsa.dev/provenance/v1';

/** `min` leaves out arguments, labels, the ids of secrets and the steps. */
export type ProvenanceMode = 'min' | 'max';

/** Something that a build has taken from elsewhere. */
export interface Material {
  readonly uri: string;
  readonly digest?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A build as it is told to others. */
export interface BuildAccount {
  readonly mode: ProvenanceMode;
  readonly builder: { readonly id: string; readonly version: string; readonly platform: string };
  /** The file that was built; with where it comes from, where that is a repository. */
  readonly file: Partial<Material> & { readonly path: string };
  /** Arguments of the build by their names: `target`, `platform`, `build-arg:NAME`, `label:NAME`. */
  readonly args: Readonly<Record<string, string>>;
  /** Ids alone. */
  readonly secrets: readonly string[];
  readonly ssh: readonly string[];
  /** What is from the machine of the build. */
  readonly locals: readonly string[];
  readonly materials: readonly Material[];
  readonly stages: readonly StageInfo[];
  readonly instructionOf: (node: Instruction) => string;
  /** The layer that an instruction has made of the image, by the digest that it has uncompressed. */
  readonly layerOf: (node: Instruction, stage: StageInfo) => Digest | undefined;
  /** The text without what must not be told. */
  readonly hide: (text: string) => string;
}

/** It tells no times: the same inputs have the same provenance. */
export const provenanceOf = (account: BuildAccount): Attestation => {
  const { mode, builder, file, materials, hide } = account;
  const predicate = {
    buildDefinition: {
      buildType: 'urn:iechorlint:build:v1',
      externalParameters: { configSource: file, request: requestOf(account) },
      internalParameters: {
        ...(mode === 'max' ? { buildConfig: { stages: stagesOf(account) } } : {}),
        builderPlatform: builder.platform,
      },
      resolvedDependencies: distinct(materials),
    },
    runDetails: { builder: { id: builder.id, version: { iechorlint: builder.version } } },
  };
  return { predicateType: PROVENANCE, predicate: withTexts(predicate, hide) };
};

const requestOf = ({ mode, args, secrets, ssh, locals }: BuildAccount) => {
  const isTold = ([name]: readonly [string, string]) => mode === 'max' || !name.includes(':');
  const ids = (list: readonly string[]) => list.toSorted().map((id) => ({ id }));
  return {
    frontend: 'iechorlint',
    args: Object.fromEntries(Object.entries(args).filter(isTold).toSorted()),
    ...(mode === 'max' && secrets.length > 0 ? { secrets: ids(secrets) } : {}),
    ...(mode === 'max' && ssh.length > 0 ? { ssh: ids(ssh) } : {}),
    ...(locals.length > 0 ? { locals: locals.map((name) => ({ name })) } : {}),
  };
};

const stagesOf = ({ stages, instructionOf, layerOf }: BuildAccount) =>
  stages.map((stage) => ({
    name: stage.name ?? `stage-${stage.index}`,
    from: baseOf(stage),
    line: stage.node.from?.lines.first,
    steps: stage.node.instructions.map((each) => {
      const diffId = layerOf(each, stage);
      return { line: each.lines.first, instruction: instructionOf(each), ...(diffId ? { diffId } : {}) };
    }),
  }));

const baseOf = ({ base }: StageInfo): string => {
  if (base.kind === 'image') return base.text;
  return base.kind === 'stage' ? (base.stage.name ?? String(base.stage.index)) : base.kind;
};

const distinct = (materials: readonly Material[]): readonly Material[] => {
  const byText = new Map(materials.map((each) => [JSON.stringify(each), each]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
};

/** The value with something done to every text in it, names of fields included. */
const withTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => withTexts(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [change(name), withTexts(each, change)]));
};
