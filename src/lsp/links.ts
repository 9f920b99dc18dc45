import type { DocumentLink } from 'vscode-languageserver/node';
import { ignoresIn } from '../lint/ignores.ts';
import type { Rule } from '../lint/rule.ts';
import { type ImageReference, officialName, readReference } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import { editorRange } from './convert.ts';
import type { OpenFile } from './open-file.ts';
import { ruleAddress } from './rule-page.ts';

/** What can be opened: the pages of images, and those of rules that comments name. */
export const linksOf = (open: OpenFile, rules: readonly Rule[]): DocumentLink[] => [
  ...imageLinks(open),
  ...ruleLinks(open, rules),
];

const imageLinks = (open: OpenFile): readonly DocumentLink[] => {
  const { model, file } = open;
  const links: DocumentLink[] = [];
  for (const { references } of model.stages) {
    for (const { stage, text, at, kind } of references) {
      if (!stage && text !== undefined && text !== 'scratch' && kind !== 'mount')
        links.push(...imageLink(open, at, text));
    }
  }
  for (const { name, value } of file.directives)
    if (name === 'syntax') links.push(...imageLink(open, value, value.text));
  return links;
};

const imageLink = (open: OpenFile, range: Range, text: string): readonly DocumentLink[] => {
  const reference = readReference(text);
  const target = reference && pageOf(reference);
  return target === undefined ? [] : [{ range: editorRange(open, range), target, tooltip: `About ${reference?.name}` }];
};

/** The page of an image at its registry; undefined where none is known to have pages. */
const pageOf = (reference: ImageReference): string | undefined => {
  const { registry, repository } = reference;
  const official = officialName(reference);
  if (official !== undefined && !official.includes('/')) return `https://hub.docker.com/_/${official}`;
  if (registry === 'docker.io') return `https://hub.docker.com/r/${repository}`;
  if (registry === 'quay.io') return `https://quay.io/repository/${repository}`;
  if (registry === 'mcr.microsoft.com') return `https://mcr.microsoft.com/artifact/mar/${repository}`;
  return registry === 'ghcr.io' || registry === 'gcr.io' ? `https://${registry}/${repository}` : undefined;
};

const ruleLinks = (open: OpenFile, rules: readonly Rule[]): readonly DocumentLink[] => {
  const links: DocumentLink[] = [];
  for (const { names } of ignoresIn(open.file, open.model.inputs)) {
    for (const name of names) {
      const rule = rules.find((each) => each.name === name.text || each.codes.includes(name.text));
      const target = rule && ruleAddress(rule.name);
      if (rule && target !== undefined) links.push({ range: editorRange(open, name), target, tooltip: rule.summary });
    }
  }
  return links;
};
