import {
  type Connection,
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensDelta,
} from 'vscode-languageserver/node';
import { positionOf, rangeIn } from './convert.ts';
import type { OpenFile } from './open-file.ts';
import type { Session } from './session.ts';
import { type Token, tokensIn, typeNumber } from './tokens.ts';

const NONE: SemanticTokens = { data: [] };

/** Colours what is asked for: a document, what has changed of it, or a part. */
export const answerColors = ({ connection, documents, open }: Session): void => {
  const builders = new Map<string, SemanticTokensBuilder>();
  documents.onDidClose(({ document }) => builders.delete(document.uri));
  const { semanticTokens }: Connection['languages'] = connection.languages;
  semanticTokens.on(async ({ textDocument: { uri } }): Promise<SemanticTokens> => {
    const opened = await open(uri);
    if (!opened) return NONE;
    const builder = new SemanticTokensBuilder();
    builders.set(uri, builder);
    pushAll(builder, opened.open);
    return builder.build();
  });
  semanticTokens.onDelta(
    async ({ textDocument: { uri }, previousResultId }): Promise<SemanticTokens | SemanticTokensDelta> => {
      const opened = await open(uri);
      if (!opened) return NONE;
      const builder = builders.get(uri) ?? new SemanticTokensBuilder();
      builders.set(uri, builder);
      builder.previousResult(previousResultId);
      pushAll(builder, opened.open);
      return builder.buildEdits();
    },
  );
  semanticTokens.onRange(async ({ textDocument: { uri }, range }): Promise<SemanticTokens> => {
    const opened = await open(uri);
    if (!opened) return NONE;
    const builder = new SemanticTokensBuilder();
    for (const token of tokensIn(opened.open, rangeIn(opened.open, range))) push(builder, opened.open, token);
    return builder.build();
  });
};

const pushAll = (builder: SemanticTokensBuilder, open: OpenFile): void => {
  const all = { start: 0, end: open.document.text.length };
  for (const token of tokensIn(open, all)) push(builder, open, token);
};

/** One for each line that the token is on. */
const push = (builder: SemanticTokensBuilder, open: OpenFile, { start, end, type, isDeclaration }: Token): void => {
  for (let at = start; at < end; ) {
    const newline = open.document.text.indexOf('\n', at);
    const stop = newline < 0 ? end : Math.min(end, newline);
    const length = stop - at - (open.document.text[stop - 1] === '\r' && stop === newline ? 1 : 0);
    const { line, character } = positionOf(open, at);
    if (length > 0) builder.push(line, character, length, typeNumber(type), isDeclaration ? 1 : 0);
    at = stop + 1;
  }
};
