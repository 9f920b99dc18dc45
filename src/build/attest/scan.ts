import { parse } from '../../ast/create.ts';
import { type ValidFile, validate } from '../../model/validate.ts';
import type { Attestation } from '../../oci/attestation.ts';
import { ImageError } from '../../oci/error.ts';
import type { ContainerJson, Image } from '../../oci/image.ts';
import { HOST_PLATFORM, platformOf } from '../../oci/platform.ts';
import { BuildError } from '../error.ts';
import type { BuildEvent } from '../events.ts';
import { execute } from '../execute.ts';
import type { BuildRequest } from '../request.ts';
import { treeOf } from '../tree.ts';
import { SPDX } from './spdx.ts';

/** An image that lists packages: https://github.com/moby/buildkit/blob/master/docs/attestations/sbom-protocol.md */
export interface Scanner {
  readonly image: string;
  /** Each is told to it as `BUILDKIT_SCAN_NAME`. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** What it looks at. */
export interface Scanned {
  readonly image: Image;
  /** By the names that they have for it. */
  readonly stages: ReadonlyMap<string, Image>;
  readonly hasContext: boolean;
}

const OUT = '/run/out';
const CORE = '/run/src/core/sbom';
const EXTRAS = '/run/src/extras';

/** Names of images that nobody else gives. */
const SCANNER = 'iechorlint.internal/scanner';
const TARGET = 'iechorlint.internal/target';

/** What a scanner says of an image. It is a step like any other, and runs again when something has changed. Throws ImageError. */
export const scannedBy = async (
  scanner: Scanner,
  { image, stages, hasContext }: Scanned,
  request: BuildRequest,
): Promise<readonly Attestation[]> => {
  const own = await request.imageNamed(scanner.image, HOST_PLATFORM);
  const targets = [image, ...stages.values()];
  const mounts = [
    'type=tmpfs,target=/tmp',
    `type=bind,from=${TARGET}/0,target=${CORE}`,
    ...Array.from(stages.keys(), (name, at) => `type=bind,from=${TARGET}/${at + 1},target=${EXTRAS}/sbom-${name}`),
    ...(hasContext ? [`type=bind,target=${EXTRAS}/sbom-context`] : []),
  ];
  const valid = validFile(textOf(scanner, own.json.config ?? {}, mounts));
  const imageNamed = async (text: string): Promise<Image> => {
    const target = targets[Number(text.startsWith(TARGET) ? text.slice(TARGET.length + 1) : Number.NaN)];
    return text === SCANNER ? own : (target ?? request.imageNamed(text));
  };
  // What the steps of the file were made of before is not for this one.
  const { journal: _journal, ...rest } = request;
  const job = { valid, request: { ...rest, ...ALONE, imageNamed, report: heard(request.report) } };
  const built = await execute([job]).catch((error: unknown) => {
    throw error instanceof BuildError
      ? new ImageError(`the scanner ${scanner.image} has failed: ${error.message}`)
      : error;
  });
  return built.flatMap((each) => statementsIn(each.image, scanner, request));
};

/** What is for the steps of the file, and not for this one. */
const ALONE = {
  inputs: { platform: HOST_PLATFORM, buildPlatform: HOST_PLATFORM },
  platform: platformOf(HOST_PLATFORM),
  secrets: new Map<string, Uint8Array>(),
  ssh: new Map<string, never>(),
} as const;

/** The steps alone: how many there are has been told. */
const heard =
  (report: BuildRequest['report']) =>
  (event: BuildEvent): void => {
    if (event.kind !== 'begin' && event.kind !== 'wait') report(event);
  };

const validFile = (text: string): ValidFile => {
  const valid = validate(parse(text), ALONE.inputs);
  if ('kind' in valid) return valid;
  throw new ImageError(`the scanner cannot be run: ${valid[0]?.message}`);
};

const textOf = (
  { image, parameters }: Scanner,
  { Entrypoint, Cmd, WorkingDir }: ContainerJson,
  mounts: readonly string[],
): string => {
  const argv = [...(Entrypoint ?? []), ...(Cmd ?? [])];
  if (argv.length === 0) throw new ImageError(`the scanner ${image} has no program: neither ENTRYPOINT nor CMD`);
  const variables = [
    ['DESTINATION', OUT],
    ['SOURCE', CORE],
    ...(mounts.some((mount) => mount.includes(EXTRAS)) ? [['SOURCE_EXTRAS', EXTRAS]] : []),
    ...parameters,
  ];
  return [
    `FROM ${SCANNER} AS sbom`,
    `WORKDIR ${OUT}`,
    `WORKDIR ${escaped(WorkingDir || '/')}`,
    ...variables.map(([name = '', value = '']) => `ENV BUILDKIT_SCAN_${name}="${escaped(value)}"`),
    // What looks like a heredoc would be one.
    `RUN ${mounts.map((mount) => `--mount=${mount} `).join('')}${JSON.stringify(argv).replaceAll('<', '\\u003c')}`,
  ].join('\n');
};

const escaped = (text: string): string => text.replace(/[\\"'$]/g, '\\$&');

const statementsIn = (image: Image, scanner: Scanner, { store }: BuildRequest): readonly Attestation[] => {
  const tree = treeOf(store, image.layers);
  const found = tree.list(OUT.slice(1)).flatMap((name) => {
    const entry = tree.entry(`${OUT.slice(1)}/${name}`);
    return entry?.type === 'file' ? [statementIn(tree.read(entry).toString(), name, scanner)] : [];
  });
  if (found.length > 0) return found;
  throw new ImageError(`the scanner ${scanner.image} has written nothing into $BUILDKIT_SCAN_DESTINATION, ${OUT}`);
};

const statementIn = (text: string, name: string, { image }: Scanner): Attestation => {
  const found: unknown = parsed(text);
  const isStatement = typeof found === 'object' && found !== null && 'predicate' in found && 'predicateType' in found;
  if (isStatement && found.predicateType === SPDX)
    return { predicateType: SPDX, predicate: found.predicate, file: name.replace(/\.json$/, '') };
  throw new ImageError(
    `the scanner ${image} has written ${name}, which is no statement of in-toto with the type ${SPDX}`,
  );
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
