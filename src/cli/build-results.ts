import { realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PROVENANCE } from '../build/attest/provenance.ts';
import type { BuildError } from '../build/error.ts';
import { ConfigError } from '../config/error.ts';
import type { ValidFile } from '../model/validate.ts';
import type { Document } from '../source/document.ts';
import { lineIndexOf } from '../source/text.ts';
import type { Io } from './io.ts';
import type { MadeImage } from './made-images.ts';
import { checkFile } from './output-places.ts';
import { stageName } from './step-words.ts';
import { reasonOf } from './system-error.ts';
import type { Written } from './write-output.ts';

/** Files that tell what came of a build. */
export interface BuildResults {
  readonly succeed: (made: Made) => void;
  readonly fail: (error: BuildError, document: Document, file: ValidFile) => void;
}

interface Made {
  readonly id: string;
  /** Full ones. */
  readonly names: readonly string[];
  readonly written: readonly Written[];
  /** One for each platform. */
  readonly made: readonly Pick<MadeImage, 'platform' | 'attestations'>[];
}

/** `--iidfile` and `--metadata-file`; what an earlier build has left there is gone at once. Throws ConfigError. */
export const buildResults = (
  { iidFile, metadataFile }: { readonly iidFile: string | undefined; readonly metadataFile: string | undefined },
  io: Io,
): BuildResults => {
  for (const file of [iidFile, metadataFile]) {
    if (file === undefined) continue;
    // Said before the work rather than behind it.
    checkFile(file, io);
    told(file, () => clear(resolve(io.cwd, file)));
  }
  const write = (file: string | undefined, text: string) => {
    if (file !== undefined) told(file, () => writeFileSync(resolve(io.cwd, file), text));
  };
  return {
    succeed(made) {
      write(iidFile, made.id);
      write(metadataFile, `${JSON.stringify(metadataOf(made), undefined, 2)}\n`);
    },
    fail(error, document, file) {
      write(
        metadataFile,
        `${JSON.stringify({ 'iechorlint.failure': failureOf(error, document, file) }, undefined, 2)}\n`,
      );
    },
  };
};

/** Deletes a plain file; what a link leads to is meant, and a device or a pipe stays. */
const clear = (path: string): void => {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(realpathSync.native(path));
};

const told = (file: string, action: () => void): void => {
  try {
    action();
  } catch (error) {
    throw new ConfigError(`cannot write ${file}: ${reasonOf(error)}`);
  }
};

/**
 * As `docker buildx build` names them; an image that was handed out nowhere has no manifest, and is known by its id, which for
 * several platforms is the digest of their index.
 */
const metadataOf = ({ id, names, written, made }: Made): object => {
  const last = written.at(-1);
  const isAlone = made.length === 1;
  const provenances = made.flatMap(({ platform, attestations }) => {
    const found = attestations.find(({ predicateType }) => predicateType === PROVENANCE)?.predicate;
    return found ? [[`buildx.build.provenance${isAlone ? '' : `/${platform}`}`, found]] : [];
  });
  return {
    ...Object.fromEntries(provenances),
    ...(isAlone ? { 'containerimage.config.digest': id } : {}),
    ...(last?.descriptor ? { 'containerimage.descriptor': last.descriptor } : {}),
    'containerimage.digest': last?.digest ?? id,
    ...(names.length > 0 ? { 'image.name': names.join(',') } : {}),
  };
};

const failureOf = ({ message, range, exitCode }: BuildError, document: Document, { stages }: ValidFile): object => {
  const stage = stages.findLast(({ node }) => node.start <= range.start);
  const node = stage?.node.instructions.find(({ start, end }) => start <= range.start && range.start < end);
  const from = stage?.node.from;
  const text = node ?? from;
  return {
    message,
    ...(exitCode === undefined ? {} : { exitCode }),
    file: document.path,
    line: lineIndexOf(document.text).positionAt(range.start).line,
    ...(stage ? { stage: stageName(stage) } : {}),
    ...(text ? { instruction: document.text.slice(text.start, text.end).replace(/\s+/g, ' ').trim() } : {}),
  };
};
