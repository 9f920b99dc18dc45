import {
  DocumentHighlightKind,
  type Range as EditorRange,
  type Location,
  LSPErrorCodes,
  type Position,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { Range } from '../source/range.ts';
import { answerColors } from './coloring.ts';
import { completionsAt } from './completion.ts';
import { editOf, editorRange, offsetOf, rangeIn } from './convert.ts';
import type { Checker } from './diagnostics.ts';
import { formattingOf } from './format.ts';
import { hintsOf } from './hints.ts';
import { hoverAt } from './hover.ts';
import { linksOf } from './links.ts';
import { definitionOf, type NameAt, nameAt, occurrencesOf } from './names.ts';
import type { OpenFile } from './open-file.ts';
import { foldsOf, symbolsOf } from './outline.ts';
import { obstacleTo, rename } from './rename.ts';
import type { Opened, Session } from './session.ts';

interface AboutDocument {
  readonly textDocument: { readonly uri: string };
}

type AtPosition = AboutDocument & { readonly position: Position };

/** Answers what is asked about documents; of one that is not open nothing is known. */
export const answerQuestions = (session: Session, checker: Checker): void => {
  const { connection, open } = session;
  const about =
    <P extends AboutDocument, R>(answer: (opened: Opened, params: P) => R | Promise<R>) =>
    async (params: P): Promise<R | null> => {
      const opened = await open(params.textDocument.uri);
      return opened ? answer(opened, params) : null;
    };
  connection.onHover(
    about(async (opened, { position }) => {
      // What was found before the last change stands elsewhere now.
      const found = await checker.findings(opened.open.source.uri);
      const own = found?.open === opened.open ? found : undefined;
      return hoverAt(opened.open, offsetOf(opened.open, position), own, opened.settings.rules) ?? null;
    }),
  );
  connection.onCompletion(
    about(({ open: file, settings }, { position }) => ({
      isIncomplete: false,
      items: [...completionsAt(file, offsetOf(file, position), settings.rules, session)],
    })),
  );
  connection.onDocumentSymbol(about((opened) => symbolsOf(opened.open)));
  connection.onFoldingRanges(about((opened) => foldsOf(opened.open)));
  connection.onDocumentLinks(about(({ open: file, settings }) => linksOf(file, settings.rules)));
  connection.onDocumentFormatting(about((opened) => formattingOf(opened)));
  connection.languages.inlayHint.on(about(({ open: file }, { range }) => hintsOf(file, rangeIn(file, range), session)));
  answerColors(session);
  answerNames(session);
};

const answerNames = (session: Session): void => {
  const { connection, open, client } = session;
  const named =
    <P extends AtPosition, R>(answer: (file: OpenFile, name: NameAt, params: P) => R) =>
    async (params: P): Promise<R | null> => {
      const opened = await open(params.textDocument.uri);
      const name = opened && nameAt(opened.open, offsetOf(opened.open, params.position));
      return opened && name ? answer(opened.open, name, params) : null;
    };
  connection.onDefinition(
    named((file, name): Location | null => {
      const range = definitionOf(file, name);
      return range ? locationOf(file, range) : null;
    }),
  );
  connection.onReferences(
    named((file, name, { context }) =>
      occurrencesOf(file, name)
        .filter(({ isDefinition }) => !isDefinition || context.includeDeclaration)
        .map((range) => locationOf(file, range)),
    ),
  );
  connection.onDocumentHighlight(
    named((file, name) =>
      occurrencesOf(file, name).map(({ isDefinition, ...range }) => ({
        range: editorRange(file, range),
        kind: isDefinition ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      })),
    ),
  );
  connection.onPrepareRename(
    named((file, name): { range: EditorRange; placeholder: string } => {
      const obstacle = obstacleTo(file, name);
      if (obstacle !== undefined) throw refusal(obstacle);
      return { range: editorRange(file, name.range), placeholder: name.name };
    }),
  );
  connection.onRenameRequest(
    named((file, name, { newName }): WorkspaceEdit => {
      const edits = rename(file, name, newName);
      if (typeof edits === 'string') throw refusal(edits);
      return editOf(client, file, edits);
    }),
  );
};

const locationOf = (file: OpenFile, range: Range): Location => ({
  uri: file.source.uri,
  range: editorRange(file, range),
});

const refusal = (message: string): ResponseError<void> => new ResponseError(LSPErrorCodes.RequestFailed, message);
