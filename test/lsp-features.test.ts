import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCli } from './support/bundle.ts';
import { applied, at } from './support/desk.ts';
import { type Editor, greet, startEditor } from './support/editor.ts';

const FILES = {
  '.iechorlint.yaml': 'root: true\n',
  'package.json': '{}',
  'a.js': '',
  secret: '',
  '.dockerignore': 'secret\n',
};

let page = '';
let editor: Editor;
let legend: readonly string[] = [];
let close = () => {};
let folder = '';
let opened = 0;

// One server for all: to start one takes longer than to ask it.
beforeAll(async () => {
  const bundle = await bundleCli();
  page = join(bundle.file, '..', '..', 'rules.md');
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'iechorlint-test-')));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'b.js'), '');
  editor = startEditor(bundle.file, folder);
  const { result } = await greet(editor, folder);
  legend = result.capabilities.semanticTokensProvider.legend.tokenTypes;
  close = () => {
    editor.process.kill();
    bundle.remove();
    rmSync(folder, { recursive: true });
  };
}, 60_000);

afterAll(() => close());

const TEXT = `# syntax=docker/dockerfile:1
ARG VERSION=22
FROM node:\${VERSION}-alpine AS build
ARG VERSION
ENV HERE=/srv KEY="a b"
WORKDIR $HERE
# one
# two
COPY package.json ./
RUN --mount=type=cache,target=/root/.npm \\
    # inside
    if [ -f x ]; then echo "v $VERSION"; fi && npm ci > log
RUN <<EOF
# in the script
for f in a; do cat "$f" | wc; done
EOF
FROM nginx:1.28
COPY --from=build --chown=nginx /srv /usr
ENV VERSION=3
`;

/** The place of a piece of the text, some characters into it. */
const placeOf = (piece: string, into = 1, text = TEXT) => {
  const before = text.slice(0, text.indexOf(piece) + into).split('\n');
  return at(before.length - 1, before.at(-1)?.length ?? 0);
};

/** Opens a new document, and gives its address. */
const opening = (text: string): string => {
  const uri = pathToFileURL(join(folder, `Dockerfile.${++opened}`)).href;
  editor.open(uri, text);
  return uri;
};

/** Asks about a text. */
const ask = async (method: string, params: object = {}, text = TEXT) =>
  editor.result(method, { textDocument: { uri: opening(text) }, ...params });

const hover = async (piece: string, into?: number): Promise<string> =>
  (await ask('textDocument/hover', { position: placeOf(piece, into) }))?.contents.value;

describe('hover', () => {
  it('says what an instruction and a flag do, and what comes of it here', async () => {
    expect(await hover('WORKDIR')).toMatch(/^```dockerfile\nWORKDIR PATH\n```\n\n.*\n\nHere: `\/srv`\.$/s);
    expect(await hover('RUN --mount')).toContain('Here: by `/bin/sh -c`, in `/srv`.');
    expect(await hover('--chown')).toMatch(/^`--chown`: /);
  });

  it('tells the value of a variable and what a stage is', async () => {
    expect(await hover('$HERE')).toBe('**`HERE`** (ENV) is `/srv`, set in line 5.');
    expect(await hover('$VERSION"', 2)).toBe('**`VERSION`** (ARG) is `22`, set in line 4.');
    expect(await hover('build --chown')).toBe(
      '**`build`**: Stage 0, built on `node:22-alpine`, the final image takes from it, used in line 18, ends in `/srv`.',
    );
  });

  it('has the text of the rule that finds something there, or that a comment names', async () => {
    const text = 'FROM alpine:3.22\nWORKDIR app\n# iechorlint ignore=DL3006\nFROM alpine\n';
    const about = async (piece: string) =>
      (await ask('textDocument/hover', { position: placeOf(piece, 1, text) }, text)).contents.value;
    expect(await about('app')).toMatch(/\*\*relative-workdir\*\*\]\(file:.*rules\.md#relative-workdir\): .*DL3000/s);
    expect(await about('DL3006')).toContain('**untagged-base**');
  });

  it('is nothing where there is nothing', async () => {
    expect(await ask('textDocument/hover', { position: at(1, 0) }, 'FROM alpine:3.22\n\n')).toBeNull();
  });
});

describe('completion', () => {
  /** What is offered at the end of the text. */
  const offered = async (text: string): Promise<readonly string[]> => {
    const lines = text.split('\n');
    const position = at(lines.length - 1, lines.at(-1)?.length ?? 0);
    const { items } = await ask('textDocument/completion', { position }, text);
    return items.map(({ label }: { label: string }) => label);
  };

  it.each([
    ['FROM a\n', ['RUN', 'COPY']],
    ['from a\n', ['run', 'copy']],
    ['FROM a\nONBUILD ', ['RUN', 'COPY']],
    ['FROM ', ['alpine', 'node']],
    ['FROM x AS base\nFROM ', ['base']],
    ['FROM node:', ['node:24-alpine']],
    ['FROM me/it:7\nFROM me/it:', ['me/it:7']],
    ['FROM node:24 ', ['AS']],
    ['FROM --', ['--platform=']],
    ['FROM --platform=', ['$BUILDPLATFORM', 'linux/arm64']],
    ['FROM x AS base\nFROM y\nCOPY --from=', ['base']],
    ['FROM x\nCOPY --', ['--chown=', '--link']],
    ['FROM x\nCOPY ', ['package.json', 'src/']],
    ['FROM x\nCOPY --chown=1 src/', ['src/b.js']],
    ['FROM x\nRUN --mount=', ['type=cache', 'target=']],
    ['FROM x\nRUN --mount=type=', ['cache', 'secret']],
    ['FROM x\nRUN --mount=type=cache,', ['target=', 'sharing=']],
    ['FROM x\nRUN --mount=type=cache,sharing=', ['locked']],
    ['FROM x\nRUN --mount=source=', ['package.json']],
    ['FROM x\nENV AB=c\nRUN echo $', ['AB']],
    ['FROM x\nENV AB=c\nRUN a \\\n # b\n && c "${', ['AB']],
    ['FROM x\nENV AB=c\nRUN <<E\necho $', ['AB']],
    ['ARG V=1\nFROM x:$', ['V']],
    ['ARG V=1\nFROM x\nARG ', ['V', 'TARGETARCH']],
    ['FROM node:24\nRUN useradd me\nUSER ', ['me', 'node']],
    ['FROM x\nSTOPSIGNAL ', ['SIGTERM']],
    ['FROM x\nHEALTHCHECK ', ['CMD', 'NONE']],
    ['FROM x\nSHELL ', ['["/bin/sh", "-c"]']],
    ['FROM x\nLABEL ', ['org.opencontainers.image.source=']],
    ['FROM x\n# iechorlint ', ['ignore=', 'ignore-file=']],
    ['FROM x\n# iechorlint ignore=rel', ['relative-workdir']],
    ['# ', ['syntax=docker/dockerfile:1']],
  ])('of %j', async (text, labels) => {
    expect(await offered(text)).toEqual(expect.arrayContaining(labels));
  });

  it('offers nothing that is not there', async () => {
    expect(await offered('FROM x\nCOPY ')).not.toContain('secret');
    expect(await offered('FROM x\nCOPY ../')).toEqual([]);
    expect(await offered('FROM x\nCOPY --from=y ')).toEqual([]);
    expect(await offered('FROM x\nRUN ls ')).toEqual([]);
    expect(await offered('FROM x\nRUN <<E\nls ')).toEqual([]);
    expect(await offered('\nFROM node:24')).not.toContain('24');
  });

  it('takes the place of what is written already', async () => {
    const { items } = await ask('textDocument/completion', { position: at(0, 9) }, 'FROM node');
    expect(items[0].textEdit.range).toEqual({ start: at(0, 5), end: at(0, 9) });
  });
});

describe('names', () => {
  const refer = async (piece: string, into?: number) =>
    (
      await ask('textDocument/references', {
        position: placeOf(piece, into),
        context: { includeDeclaration: true },
      })
    ).map(({ range: { start } }: { range: { start: { line: number; character: number } } }) => start.line);

  it('lead to where they are given', async () => {
    const definition = async (piece: string, into?: number) =>
      (await ask('textDocument/definition', { position: placeOf(piece, into) }))?.range.start;
    expect(await definition('build --chown')).toEqual(placeOf('build\n', 0));
    expect(await definition('$VERSION"', 3)).toEqual(placeOf('VERSION\nENV', 0));
    expect(await definition('VERSION\nENV')).toEqual(placeOf('VERSION=22', 0));
    expect(await definition('package.json')).toBeUndefined();
  });

  it('are found wherever they mean the same', async () => {
    expect(await refer('build --chown')).toEqual([2, 17]);
    expect(await refer('VERSION=22')).toEqual([1, 2, 3, 11]);
    expect(await refer('VERSION=3')).toEqual([18]);
    const marks = await ask('textDocument/documentHighlight', { position: placeOf('$HERE', 2) });
    expect(marks.map(({ kind }: { kind: number }) => kind)).toEqual([3, 2]);
  });

  it('are changed everywhere at once', async () => {
    const renamed = async (piece: string, newName: string) => {
      const edit = await ask('textDocument/rename', { position: placeOf(piece), newName });
      return applied(TEXT, edit.documentChanges[0].edits);
    };
    expect(await renamed('build --chown', 'compile')).toBe(
      TEXT.replace('AS build', 'AS compile').replace('--from=build', '--from=compile'),
    );
    expect(await renamed('HERE', 'THERE')).toBe(TEXT.replaceAll('HERE', 'THERE'));
    const renamedBuildArg = TEXT.replace('VERSION=22', 'V=22').replace('{VERSION}', '{V}');
    expect(await renamed('VERSION=22', 'V')).toBe(
      renamedBuildArg.replace('ARG VERSION\n', 'ARG V\n').replace('$VERSION', '$V'),
    );
  });

  it.each([
    ['build --chown', 'Not A Name', 'is no name for a stage'],
    ['build --chown', 'scratch', 'has a meaning'],
    ['HERE', '1A', 'is no name for a variable'],
    ['HERE', 'KEY', 'is used in this file already'],
  ])('%s is not renamed to %s', async (piece, newName, message) => {
    await expect(ask('textDocument/rename', { position: placeOf(piece), newName })).rejects.toThrow(message);
  });

  it('say beforehand whether they can be changed', async () => {
    const position = placeOf('build --chown');
    expect(await ask('textDocument/prepareRename', { position })).toMatchObject({ placeholder: 'build' });
    const text = 'FROM x\nARG TARGETARCH\nRUN echo $TARGETARCH $NOWHERE\n';
    for (const piece of ['TARGETARCH', 'NOWHERE'])
      await expect(ask('textDocument/prepareRename', { position: placeOf(piece, 1, text) }, text)).rejects.toThrow(
        piece,
      );
  });
});

describe('the shape of a file', () => {
  it('is stages with their instructions', async () => {
    const symbols = await ask('textDocument/documentSymbol');
    expect(symbols.map(({ name, detail }: { name: string; detail: string }) => `${detail} ${name}`)).toEqual([
      'ARG VERSION=22',
      'FROM build',
      'FROM nginx:1.28',
    ]);
    expect(symbols[1].children).toHaveLength(6);
    expect(symbols[1].children[1]).toMatchObject({ name: 'HERE=/srv KEY="a b"', range: { start: at(4, 0) } });
  });

  it('folds stages, long instructions, heredocs and comments', async () => {
    const folds = await ask('textDocument/foldingRange');
    const lines = folds.map(({ startLine, endLine, kind = '' }: Fold) => `${startLine}-${endLine} ${kind}`.trim());
    expect(lines.sort()).toEqual(['12-15', '13-15', '16-18', '2-15', '6-7 comment', '9-11']);
  });

  interface Fold {
    readonly startLine: number;
    readonly endLine: number;
    readonly kind?: string;
  }

  it('links images and the rules that comments name', async () => {
    const text = 'FROM ghcr.io/a/b:1 AS x\n# iechorlint ignore=relative-workdir\nFROM x\nCOPY --from=me/it / /\n';
    const links = await ask('textDocument/documentLink', {}, text);
    expect(links.map(({ target }: { target: string }) => target)).toEqual([
      'https://ghcr.io/a/b',
      'https://hub.docker.com/r/me/it',
      expect.stringMatching(/^file:.*rules\.md#relative-workdir$/),
    ]);
  });
});

describe('colours', () => {
  /** `line:text type` for each, decoded. */
  const decoded = (data: readonly number[]) => {
    const lines = TEXT.split('\n');
    const tokens: string[] = [];
    let line = 0;
    let character = 0;
    for (let i = 0; i < data.length; i += 5) {
      const [down = 0, right = 0, length = 0, type = 0] = data.slice(i);
      line += down;
      character = down > 0 ? right : character + right;
      tokens.push(`${line}:${lines[line]?.slice(character, character + length)} ${legend[type]}`);
    }
    return tokens;
  };

  const colored = async (method: string, params: object = {}) =>
    decoded((await ask(`textDocument/semanticTokens/${method}`, params)).data);

  it('tell shell inside RUN and heredocs apart', async () => {
    const tokens = await colored('full');
    const line = (number: number) =>
      tokens.filter((token) => token.startsWith(`${number}:`)).map((each) => each.replace(/^\d+:/, ''));
    expect(line(0)).toEqual(['# syntax=docker/dockerfile:1 macro']);
    expect(line(2)).toEqual([
      'FROM keyword',
      'node: class',
      '${VERSION} variable',
      '-alpine class',
      'AS keyword',
      'build namespace',
    ]);
    expect(line(10)).toEqual(['# inside comment']);
    expect(line(11)).toEqual([
      ...['if keyword', '[ function', '-f parameter', 'then keyword', 'echo function', '"v  string'],
      ...['$VERSION variable', '" string', 'fi keyword', '&& operator', 'npm function', '> operator'],
    ]);
    expect(line(13)).toEqual(['# in the script comment']);
    expect(line(14)).toEqual([
      ...[
        'for keyword',
        'f variable',
        'in keyword',
        'do keyword',
        'cat function',
        '" string',
        '$f variable',
        '" string',
      ],
      ...['| operator', 'wc function', 'done keyword'],
    ]);
  });

  it('of a part, and what has changed', async () => {
    const range = { start: at(1, 0), end: at(2, 0) };
    expect(await colored('range', { range })).toEqual(['1:ARG keyword', '1:VERSION variable', '1:22 number']);
    const uri = opening(TEXT);
    const textDocument = { uri };
    const { resultId, data } = await editor.result('textDocument/semanticTokens/full', { textDocument });
    editor.change(uri, 2, { range: { start: at(1, 14), end: at(1, 14) }, text: '\nARG A=b' });
    const params = { textDocument, previousResultId: resultId };
    const { edits } = await editor.result('textDocument/semanticTokens/full/delta', params);
    const all = await editor.result('textDocument/semanticTokens/full', { textDocument });
    for (const edit of edits.toReversed()) data.splice(edit.start, edit.deleteCount, ...(edit.data ?? []));
    expect(data).toEqual(all.data);
    expect(edits).toHaveLength(1);
  });
});

describe('formatting', () => {
  const formatted = async (text: string) =>
    applied(text, await ask('textDocument/formatting', { options: { tabSize: 2, insertSpaces: true } }, text));

  it('lays out as `iechorlint format` does, and changes nothing else', async () => {
    const text = 'from alpine:3.22\n\n\n\n\nRUN ls   \nENV a b\nWORKDIR x';
    expect(await formatted(text)).toBe('FROM alpine:3.22\n\nRUN ls\nENV a b\nWORKDIR x\n');
  });

  it('leaves alone what cannot be read', async () => {
    expect(await formatted('from x\nnonsense')).toBe('from x\nnonsense');
  });
});

describe('the page of a rule', () => {
  it('is opened where the rule stands', async () => {
    const done = editor.result('workspace/executeCommand', {
      command: 'iechorlint.openRule',
      arguments: ['relative-workdir'],
    });
    const { id, params } = await editor.next('window/showDocument');
    editor.send({ id, result: { success: true } });
    await done;
    expect(params.uri).toBe(pathToFileURL(page).href);
    const lines = readFileSync(page, 'utf8').split('\n');
    expect(lines[params.selection.start.line]).toBe('### relative-workdir');
  });
});
