import {
  type CancellationToken,
  DiagnosticSeverity,
  type Diagnostic as EditorDiagnostic,
  type FullDocumentDiagnosticReport,
  LSPErrorCodes,
  ResponseError,
  type UnchangedDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import type { Diagnostic, Severity } from '../lint/diagnostic.ts';
import { editorRange } from './convert.ts';
import { type Findings, factsOf, lintPatiently } from './findings.ts';
import type { OpenFile } from './open-file.ts';
import { provisionalFindings } from './provisional.ts';
import { ruleAddress } from './rule-page.ts';
import { guard, type Opened, type Session } from './session.ts';

/** Finds what is wrong with the open documents, and tells the editor where it does not ask itself. */
export interface Checker {
  /** Of the newest version; undefined where it is superseded meanwhile, or not open. */
  findings(uri: string): Promise<Findings | undefined>;
  report(uri: string, previous: string | undefined, token: CancellationToken): Promise<DiagnosticReport>;
  changed(uri: string): void;
  closed(uri: string): void;
  /** After settings have changed. */
  all(): void;
}

type DiagnosticReport = FullDocumentDiagnosticReport | UnchangedDocumentDiagnosticReport;

/** From how many milliseconds on a large document is linted only when its user rests, and how long that is. */
const SLOW = 25;
const LARGE = 20_000;
const REST = 120;

export const checkerOf = (session: Session): Checker => {
  const { connection, documents, client } = session;
  const exact = new Map<string, { readonly key: string; readonly found: Promise<Findings | undefined> }>();
  const last = new Map<string, Findings>();
  const timers = new Map<string, NodeJS.Timeout>();
  let generation = 0;

  const keyOf = (uri: string) => `${documents.get(uri)?.version}.${generation}`;
  const lintNewest = async (uri: string, key: string): Promise<Findings | undefined> => {
    const opened = await session.open(uri);
    if (!opened || keyOf(uri) !== key) return undefined;
    const found = await findingsIn(opened, session, () => keyOf(uri) === key);
    if (found) last.set(uri, found);
    return found;
  };
  const findings = (uri: string) => {
    const key = keyOf(uri);
    const known = exact.get(uri);
    const found = known?.key === key ? known.found : lintNewest(uri, key);
    exact.set(uri, { key, found });
    return found;
  };
  const send = (uri: string, found: Findings | undefined) => {
    if (!found || documents.get(uri)?.version !== found.open.version) return;
    const diagnostics = editorDiagnostics(found);
    connection.sendDiagnostics({ uri, version: found.open.version, diagnostics });
  };
  const pushExact = async (uri: string) => send(uri, await findings(uri));
  const pushQuick = async (uri: string) => {
    const before = last.get(uri);
    const opened = await session.open(uri);
    if (!opened || !before) return;
    const quick = provisionalFindings(opened.open, opened.settings.config, before);
    last.set(uri, { ...quick, milliseconds: before.milliseconds });
    send(uri, quick);
  };
  const restart = (uri: string, wait: number) => {
    clearTimeout(timers.get(uri));
    timers.set(
      uri,
      setTimeout(() => guard(pushExact(uri), session), wait),
    );
  };

  return {
    findings,
    async report(uri, previous, token) {
      const key = keyOf(uri);
      if (!documents.get(uri)) return { kind: 'full', items: [] };
      if (previous === key) return { kind: 'unchanged', resultId: key };
      const found = await Promise.race([findings(uri), cancelled(token)]);
      if (found) return { kind: 'full', resultId: key, items: editorDiagnostics(found) };
      if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
      throw new ResponseError(LSPErrorCodes.ServerCancelled, 'the document has changed', { retriggerRequest: true });
    },
    changed(uri) {
      if (client.pullsDiagnostics) return;
      const isSlow = isLong(last.get(uri));
      if (isSlow) guard(pushQuick(uri), session);
      restart(uri, isSlow ? REST : 0);
    },
    closed(uri) {
      clearTimeout(timers.get(uri));
      for (const known of [exact, last, timers]) known.delete(uri);
      connection.sendDiagnostics({ uri, diagnostics: [] });
    },
    all() {
      generation++;
      if (client.pullsDiagnostics && client.refreshesDiagnostics)
        guard(connection.languages.diagnostics.refresh(), session);
      else for (const uri of documents.keys()) restart(uri, 0);
    },
  };
};

/** A small one that took long did so for another reason, and is there at once the next time. */
const isLong = (found: Findings | undefined): boolean =>
  found !== undefined && found.milliseconds > SLOW && found.open.document.text.length > LARGE;

/** The work goes on in its slices, for who cancels mostly asks again. */
const cancelled = (token: CancellationToken): Promise<undefined> =>
  new Promise((resolve) => token.onCancellationRequested(() => resolve(undefined)));

const findingsIn = async (
  { open, settings }: Opened,
  { preferences }: Session,
  isWanted: () => boolean,
): Promise<Findings | undefined> => {
  const { trouble, isIgnored, config } = settings;
  if (trouble !== undefined) return { open, diagnostics: [configTrouble(open, trouble)], milliseconds: 0 };
  if (isIgnored) return { open, diagnostics: [], milliseconds: 0 };
  return lintPatiently(open, config, factsOf(open, preferences().context), isWanted);
};

/** The name of what is said of a configuration that cannot be read. */
export const CONFIGURATION = 'configuration';

const configTrouble = ({ document, file }: OpenFile, message: string): Diagnostic => ({
  path: document.path,
  rule: CONFIGURATION,
  codes: [],
  severity: 'error',
  range: { start: 0, end: Math.max(0, file.text.search(/$/m)) },
  message,
});

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  style: DiagnosticSeverity.Hint,
};

const editorDiagnostics = ({ open, diagnostics }: Findings): EditorDiagnostic[] =>
  diagnostics.map((each) => editorDiagnostic(open, each));

/** A finding as the editor shows it. */
export const editorDiagnostic = (open: OpenFile, { rule, severity, message, help, range, related }: Diagnostic) => {
  const href = ruleAddress(rule);
  return {
    range: editorRange(open, range),
    severity: SEVERITIES[severity],
    source: 'iechorlint',
    code: rule,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    message: help === undefined ? message : `${message}\n${help}`,
    ...(related
      ? {
          relatedInformation: related.map((each) => ({
            location: { uri: open.source.uri, range: editorRange(open, each.range) },
            message: each.message,
          })),
        }
      : {}),
  };
};
