import { defineRule, nameRangeOf, ownReferences, readReference, replace } from '#lint';

export default defineRule({
  name: 'invalid-image-reference',
  codes: ['FromInvalidImageReference', 'INVALID_REFERENCE_FORMAT'],
  category: 'syntax',
  summary: 'The name of an image is not valid',
  why: `An image is \`[registry/]repository[:tag][@digest]\`: the repository in lower case, a tag of letters, digits, \`.\`, \`_\` and
    \`-\`. BuildKit stops at anything else before it asks a registry.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'Takes the image that was probably meant.' },
  examples: [
    { title: 'A colon without a tag', bad: 'FROM alpine:\n', good: 'FROM alpine\n' },
    { title: 'A capital letter', bad: 'FROM Alpine:3.24\n', good: 'FROM alpine:3.24\n' },
    { title: 'A URL', bad: 'FROM https://ghcr.io/team/app:1.2\n', good: 'FROM ghcr.io/team/app:1.2\n' },
    { title: 'A character that no tag has', bad: 'FROM team/app:1.2+build5\n', good: 'FROM team/app:1.2-build5\n' },
    { title: 'A digest that is cut off', bad: 'FROM alpine@sha256:4bcff63911fcb444\n' },
    { title: 'In `COPY --from`', bad: 'FROM alpine:3.24\nCOPY --from=Team/Tools: /bin/tool /bin/\n' },
    { title: 'A placeholder', bad: 'FROM <image>:<tag>\n' },
    { title: 'A registry with a port', good: 'FROM localhost:5000/team/app:1.2\n' },
    { title: 'A variable decides', good: 'ARG BASE\nFROM $BASE\n' },
    { title: 'A stage', good: 'FROM alpine:3.24 AS Base\nFROM base\nCOPY --from=Base /a /a\n' },
  ],
  exceptions: { onbuild: 'A trigger takes from the stages of the file that builds on the image.' },
  check({ file, model }) {
    const names = new Set(model.stages.map(({ name }) => name));
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage)) {
          const { text, node, stage: source, outOfRange } = reference;
          if (!text || source || outOfRange || isImage(text) || text.includes('$')) continue;
          // With variables it is a matter of their values; with other letter case it is a stage.
          if ((node.kind === 'From' && node.image.text === undefined) || names.has(text.toLowerCase())) continue;
          const at = nameRangeOf(file, reference);
          const meant = isPlaceholder(text) ? undefined : imageMeant(text);
          yield {
            at: at ?? reference.at,
            message: `\`${text}\` is not the name of an image: ${complaint(text)}`,
            help: meant
              ? `Write \`${meant}\`.`
              : 'Write an image as `repository:tag`, with its registry in front if that is not Docker Hub.',
            fix: meant && at ? { title: `Write \`${meant}\``, edits: [replace(at, meant)] } : undefined,
          };
        }
      },
    };
  },
});

const isImage = (text: string): boolean => {
  const image = readReference(text);
  // What has a capital before the first slash is read as the name of a registry.
  return image !== undefined && (image.registry === image.registry.toLowerCase() || /[.:]/.test(image.registry));
};

const isPlaceholder = (text: string): boolean =>
  /[<>{}[\]%]|@\w+@/.test(text) || /^[A-Z]+(?:[-_][A-Z]+)+(?::|$)/.test(text);

const TAG = /^\w[\w.-]{0,127}$/;

const complaint = (text: string): string => {
  const { name, tag, digest } = partsOf(text);
  if (isPlaceholder(text)) return 'it is a placeholder that was not filled in';
  if (/^[a-z]+:\/\//i.test(text)) return 'it begins like a URL';
  if (/^[a-f0-9]{64}$/.test(text)) return 'it is an image id, which no registry knows';
  if (text.endsWith('@') || text.endsWith(':')) return `nothing follows the \`${text.at(-1)}\``;
  if (digest !== undefined) return digestComplaint(digest);
  if (/[A-Z]/.test(name)) return 'it has a capital letter';
  return tag === undefined || TAG.test(tag)
    ? 'a part of it is empty or has a character that is not allowed'
    : `a tag cannot be \`${tag}\``;
};

const digestComplaint = (digest: string): string => {
  const [algorithm, hex = ''] = digest.split(':');
  return algorithm === 'sha256' && hex.length !== 64
    ? `its digest has ${hex.length} characters instead of 64`
    : `\`${digest}\` is not a digest`;
};

const partsOf = (text: string): { name: string; tag: string | undefined; digest: string | undefined } => {
  const [named = '', digest] = text.split('@');
  const colon = named.lastIndexOf(':');
  if (colon <= named.lastIndexOf('/')) return { name: named, tag: undefined, digest };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), digest };
};

const imageMeant = (text: string): string | undefined => {
  const { name, tag, digest } = partsOf(text.replace(/^[a-z]+:\/\//i, ''));
  const image = [name.toLowerCase(), tag && `:${tag.replaceAll(/[^\w.-]/g, '-')}`, digest && `@${digest}`].join('');
  return isImage(image) ? image : undefined;
};
