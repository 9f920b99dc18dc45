import { dirname } from 'node:path';
import { CompletionItemKind } from 'vscode-languageserver/node';
import { openStore } from '../build/store.ts';
import { shortName } from '../cli/image-names.ts';
import { storeFolder } from '../cli/store-folder.ts';
import { excluderOf, type IgnoreFile } from '../facts/index.ts';
import { filesBelow, findIgnoreFile } from '../gather/context.ts';
import { type Model, officialImages, readReference, type StageInfo } from '../model/index.ts';
import { IMAGES_ELSEWHERE, knownTags } from './image-tags.ts';
import { type OpenFile, pathOf } from './open-file.ts';
import type { Session } from './session.ts';

/** Something that may be written at a place. */
export interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** Beside it in the list. */
  readonly detail?: string;
  readonly documentation?: string;
}

/** The stages above an instruction, the nearest first. */
export const stagesAbove = ({ stages }: Model, offset: number): readonly Suggestion[] =>
  stages
    .filter(({ name, node }) => name !== undefined && node.start < offset && node.end < offset)
    .toReversed()
    .map((stage) => ({ label: stage.name ?? '', kind: CompletionItemKind.Module, detail: detailOf(stage) }));

const detailOf = ({ node: { from } }: StageInfo): string => `stage, FROM ${from?.image.raw ?? ''}`;

/** Images by name, or behind a colon the tags of one: what is known of them, and what this file and the store have. */
export const images = (open: OpenFile, word: string, session: Session): readonly Suggestion[] => {
  // Without what is just being written.
  const near = [...imagesIn(open.model), ...imagesStored(session)].filter((text) => text !== word);
  const colon = word.lastIndexOf(':');
  if (colon <= word.lastIndexOf('/')) {
    const names = [...near.map((text) => text.replace(/:[^:/]*$/, '')), ...officialImages(), ...IMAGES_ELSEWHERE];
    return [...new Set(names)].map((label) => ({ label, kind: CompletionItemKind.Value }));
  }
  const name = word.slice(0, colon);
  const own = near.flatMap((text) => (text.startsWith(`${name}:`) ? text.slice(name.length + 1) : []));
  const tags = [...new Set([...own, ...knownTags(name)])];
  return tags.map((tag) => ({ label: `${name}:${tag}`, kind: CompletionItemKind.Value }));
};

const imagesIn = ({ stages }: Model): readonly string[] =>
  stages.flatMap(({ references }) =>
    references.flatMap(({ stage, text }) => (!stage && text && readReference(text) && !text.includes('@') ? text : [])),
  );

const imagesStored = ({ io, preferences }: Session): readonly string[] => {
  try {
    return openStore(storeFolder(preferences().store, io), true)
      .names()
      .map(({ name }) => shortName(name));
  } catch {
    // There is none yet, or it may not be read.
    return [];
  }
};

/** The most of a folder that is listed. */
const MANY = 300;

/** What the build context has in the folder that the word names; what its ignore file leaves out is left out. */
export const contextPaths = (open: OpenFile, word: string, { preferences }: Session): readonly Suggestion[] => {
  const file = pathOf(open.source.uri);
  const root = preferences().context ?? (file === undefined ? undefined : dirname(file));
  if (root === undefined || word.split('/').includes('..')) return [];
  const folder = word.slice(0, word.lastIndexOf('/') + 1);
  const inside = folder.replace(/^(?:\.?\/+)+/, '');
  const ignore = ignoreFileOf(root, file);
  const { namesIn, kindOf } = filesBelow(root);
  const suggestions: Suggestion[] = [];
  for (const name of namesIn(inside)?.slice(0, MANY) ?? []) {
    const path = `${inside}${name}`;
    if (/\s/.test(name) || (ignore && excluderOf(ignore, path))) continue;
    const isFolder = kindOf(path) === 'folder';
    const kind = isFolder ? CompletionItemKind.Folder : CompletionItemKind.File;
    suggestions.push({ label: `${folder}${name}${isFolder ? '/' : ''}`, kind });
  }
  return suggestions;
};

const ignoreFileOf = (root: string, file: string | undefined): IgnoreFile | undefined => {
  try {
    const found = findIgnoreFile(root, file);
    return found?.defect ? undefined : found;
  } catch {
    return undefined;
  }
};
