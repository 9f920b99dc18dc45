import { type Add, asWritten, type CopySource, defineRule, type Expansion, replace } from '#lint';

export default defineRule({
  name: 'add-instead-of-copy',
  codes: ['DL3020', 'DS-0005', 'CKV_DOCKER_4', 'S7029', 'CIS-DI-0009', 'DF006'],
  category: 'security',
  summary: 'ADD is used where COPY is enough',
  why: `ADD downloads URLs, clones repositories and unpacks archives, all by the look of its source, so a file that an archive replaces is
    unpacked without a word. COPY only copies.`,
  severity: 'warning',
  when: { instructions: ['Add'] },
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM node:22\nADD . /app\n', good: 'FROM node:22\nCOPY . /app\n' },
    {
      title: 'With flags that COPY has too',
      bad: 'FROM node:22\nADD --chown=node:node --link package.json server.js /app/\n',
      good: 'FROM node:22\nCOPY --chown=node:node --link package.json server.js /app/\n',
    },
    {
      title: 'A version in the name does not matter',
      bad: 'FROM openjdk\nARG VERSION\nADD target/app-$VERSION.jar /app.jar\n',
      good: 'FROM openjdk\nARG VERSION\nCOPY target/app-$VERSION.jar /app.jar\n',
    },
    { title: 'An archive, which ADD unpacks', good: 'FROM scratch\nADD rootfs.tar.xz /\n' },
    { title: 'A download', good: 'FROM alpine\nADD --checksum=sha256:0123 https://example.com/key.asc /etc/\n' },
    { title: 'A repository', good: 'FROM alpine\nADD git@github.com:moby/buildkit.git#v0.14.1 /src\n' },
    { title: 'Whatever the caller asks for', good: 'FROM alpine\nARG SOURCE\nADD $SOURCE /src\n' },
    {
      title: 'hadolint takes a variable for a file',
      bad: 'FROM alpine\nARG SOURCE\nADD $SOURCE /src\n',
      as: 'hadolint',
    },
    { title: 'A pattern that an archive may match', good: 'FROM scratch\nADD rootfs* /\n' },
  ],
  reproduces: 'hadolint',
  check({ model, as }) {
    return {
      *Add(node) {
        if (as === 'hadolint') {
          if (node.sources.some(isNoArchive)) yield { at: node.keyword, message: FOR_FILES };
          return;
        }
        if (node.flags.some(({ name }) => ADD_ALONE.has(name.text))) return;
        if (!node.sources.every((source) => isPlainCopy(source, model.expand(source, node)))) return;
        const [first] = node.sources;
        const what = node.sources.length === 1 && first ? `\`${first.raw}\`` : 'these files';
        yield {
          at: node.keyword,
          message: `ADD does no more with ${what} than COPY does`,
          help: 'Write `COPY`, and keep ADD for URLs, repositories and archives to unpack.',
          fix: {
            title: 'Write `COPY`',
            edits: [replace(node.keyword, copyLike(node.keyword.text))],
            safety: mayHideArchive(node) ? 'unsafe' : 'safe',
          },
        };
      },
    };
  },
});

const FOR_FILES = 'COPY is made for files and folders that ADD does not unpack';

/** hadolint goes by the name as it is written. */
const isNoArchive = (source: CopySource): boolean =>
  !/^(?:https?:|git@)|\.(?:tar|gz|bz2?|xz|zst|lzma|lz|z|t[abglpxz]z?2?)$/i.test(asWritten(source));

const ADD_ALONE = new Set(['checksum', 'keep-git-dir', 'unpack']);

const REMOTE = /^[a-z][\w+.-]*:\/\/|^[\w-]+@[\w.-]+:/i;

// Whatever is a tar inside, compressed or not; the last ones are tar files by another name.
const ARCHIVE = /\.(?:tar|t[bglx]z2?|tzst|taz|tlz|gz|bz2?|xz|z|zst|lz4|lzma|lzo|gem|crate|apk|ova|box|layer)$/i;

const isPlainCopy = (source: CopySource, { value }: Expansion): boolean => {
  if (source.heredoc) return true;
  // A value that the file gives is but a default: the caller may name something else.
  const known = source.text ?? (source.parts[0]?.kind === 'Variable' ? undefined : value);
  const start = known ?? literalStart(source);
  const name = (known ?? literalEnd(source)).replace(/^.*[\\/](?=.)/s, '');
  if (start === '' || REMOTE.test(start) || 'https://'.startsWith(start) || 'git@'.startsWith(start)) return false;
  if (name === '' || ARCHIVE.test(name)) return false;
  const isOpen = known === undefined || /[*?[]/.test(name);
  return !isOpen || hasKnownEnding(name);
};

const literalStart = ({ parts: [first] }: CopySource): string => (first?.kind === 'Literal' ? first.value : '');

const literalEnd = ({ parts }: CopySource): string => {
  const last = parts.at(-1);
  return last?.kind === 'Literal' ? last.value : '';
};

/** `*.sh`, `-1.0.jar` or a folder: no archive can be behind it. */
const hasKnownEnding = (name: string): boolean => /[\\/]$|\.[a-z][\w-]*$/i.test(name);

/** A name without ending that is copied to the root may be a root file system. */
const mayHideArchive = ({ sources, destination }: Add): boolean =>
  destination.text === '/' && sources.some(({ raw, heredoc }) => !heredoc && /(?:^|\/)[\w-]+$/.test(raw));

const copyLike = (keyword: string): string =>
  keyword === keyword.toLowerCase() ? 'copy' : keyword === keyword.toUpperCase() ? 'COPY' : 'Copy';
