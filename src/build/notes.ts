import { join } from 'node:path';
import { type Digest, digestOf, hexOf } from '../oci/image.ts';
import { readJson, writeOther, writeWhole } from './small-files.ts';
import type { Store } from './store.ts';

/** What a build knows of a step: where it stands in the file, and how it went. */
export interface StepNote {
  /** From 1. */
  readonly line: number;
  /** On one line. */
  readonly instruction: string;
  readonly cached?: boolean;
  /** Why it was not taken from the cache. */
  readonly reason?: string;
  readonly milliseconds?: number;
}

/** One for each entry of an image's history; null for those of a base image. */
type Notes = readonly (StepNote | null)[];

const pathOf = (store: Store, id: Digest): string => store.path('notes', `${hexOf(id)}.json`);

/** Keeps what the last build of an image knows of its steps. */
export const saveNotes = (store: Store, id: Digest, notes: readonly (StepNote | undefined)[]): void =>
  writeWhole(pathOf(store, id), JSON.stringify(notes.map((note) => note ?? null)));

export const notesOf = (store: Store, id: Digest): Notes => readJson<Notes>(pathOf(store, id)) ?? [];

/** Where it is kept which image each file made last. */
export const buildsFolder = (store: Store): string => store.path('records', 'builds');

const buildPath = (store: Store, file: string): string => join(buildsFolder(store), hexOf(digestOf(file)));

/** What is known of the last build of a file. */
export interface LastBuild {
  /** Of the image that it made. */
  readonly id: Digest;
  /** The steps of all its stages that made layers, in the order in which they ended. */
  readonly steps: readonly StepNote[];
}

/** `file` is its whole path. */
export const saveLastBuild = (store: Store, file: string, build: LastBuild): void =>
  writeOther(buildPath(store, file), JSON.stringify(build));

export const lastBuildOf = (store: Store, file: string): LastBuild | undefined =>
  readJson<LastBuild>(buildPath(store, file));

/** An instruction on one line, as steps are known by. */
export const instructionText = (
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): string => text.slice(start, end).replace(/\s+/g, ' ').trim().slice(0, 500);
