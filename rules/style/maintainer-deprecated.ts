import { defineRule, type Iechorfile, type Maintainer, removeInstruction, replace, type StageInfo } from '#lint';

export default defineRule({
  name: 'maintainer-deprecated',
  codes: ['DL4000', 'MaintainerDeprecated', 'DS-0022', 'CKV_DOCKER_6', 'S6586', 'DF019'],
  category: 'style',
  summary: 'MAINTAINER is deprecated',
  why: `It fills a single field that few tools show. Registries and scanners read the label that the OCI image specification has for this, and it
    can be searched like any other.`,
  severity: 'style',
  when: { instructions: ['Maintainer'] },
  fix: { safety: 'unsafe', note: 'The image has the label instead of the `Author` field.' },
  examples: [
    {
      bad: 'FROM alpine\nMAINTAINER Ada Lovelace <ada@example.com>\n',
      good: 'FROM alpine\nLABEL org.opencontainers.image.authors="Ada Lovelace <ada@example.com>"\n',
    },
    {
      title: 'What a label would expand is escaped',
      bad: 'FROM alpine\nMAINTAINER "Ada \'$\' Lovelace"\n',
      good: 'FROM alpine\nLABEL org.opencontainers.image.authors="Ada \'\\$\' Lovelace"\n',
    },
    {
      title: 'The label is there already',
      bad: 'FROM alpine\nMAINTAINER ada\nLABEL org.opencontainers.image.authors="ada@example.com"\n',
      good: 'FROM alpine\nLABEL org.opencontainers.image.authors="ada@example.com"\n',
    },
  ],
  check({ file }) {
    return {
      *Maintainer(node, { stage, onbuild }) {
        if (onbuild) return;
        yield {
          at: node.keyword,
          message: 'MAINTAINER is deprecated',
          help: `Write \`${labelOf(node, file.escape)}\`.`,
          fix: fixOf(node, file, stage),
        };
      },
    };
  },
});

const KEY = 'org.opencontainers.image.authors';

const fixOf = (node: Maintainer, file: Iechorfile, stage: StageInfo | undefined) => {
  if (file.comments.some(({ start }) => start > node.start && start < node.end)) return undefined;
  if (isReplaced(node, stage)) {
    const title = 'Delete it: what follows takes its place';
    return { title, edits: [removeInstruction(file, node)] };
  }
  return { title: 'Write it as a label', edits: [replace(node, labelOf(node, file.escape))] };
};

/** Whether the stage has the label, or names another maintainer further down. */
const isReplaced = (node: Maintainer, stage: StageInfo | undefined): boolean => {
  for (const other of stage?.node.instructions ?? []) {
    if (other.kind === 'Maintainer' && other.start > node.start) return true;
    if (other.kind === 'Label' && other.pairs.some(({ key }) => key.text === KEY)) return true;
  }
  return false;
};

const labelOf = ({ keyword, name }: Maintainer, escape: string): string => {
  const label = keyword.text === keyword.text.toLowerCase() ? 'label' : 'LABEL';
  const value = unquoted(name.text).replace(/["$\\`]/g, (char) =>
    /["$]/.test(char) || char === escape ? escape + char : char,
  );
  return `${label} ${KEY}="${value}"`;
};

const unquoted = (text: string): string => /^"([^"]*)"$|^'([^']*)'$/.exec(text)?.slice(1).find(Boolean) ?? text;
