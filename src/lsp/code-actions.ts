import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  StringValue,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { ignoreEdits, ignoreInFile } from '../lint/add-ignores.ts';
import type { Diagnostic, Edit } from '../lint/diagnostic.ts';
import { fix } from '../lint/fix.ts';
import { NEVER_IGNORED } from '../lint/suppress.ts';
import type { Client } from './client.ts';
import { editOf, editorRange, rangeIn, versionOf } from './convert.ts';
import { CONFIGURATION, editorDiagnostic } from './diagnostics.ts';
import type { Findings } from './findings.ts';
import type { OpenFile } from './open-file.ts';
import { rulePlace } from './rule-page.ts';
import type { Opened } from './session.ts';
import { changesBetween } from './text-changes.ts';

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.iechorlint`;

/** The command that opens the page of a rule; its argument is the rule's name. */
export const OPEN_RULE = 'iechorlint.openRule';

const REASON = 'say why';

/** What can be done about the findings in a range, and about all that can be fixed. */
export const codeActions = (
  { open, settings }: Opened,
  found: Findings,
  { range, context, textDocument }: CodeActionParams,
  client: Client,
): readonly CodeAction[] => {
  const wanted = rangeIn(open, range);
  const near = found.diagnostics.filter((each) => each.range.start <= wanted.end && wanted.start <= each.range.end);
  const actions: CodeAction[] = [];
  if (isAsked(CodeActionKind.QuickFix, context.only)) {
    for (const each of near) actions.push(...actionsFor(open, each, client));
  }
  if (!isAsked(FIX_ALL, context.only) || !found.diagnostics.some(({ fix: mend }) => mend?.safety === 'safe'))
    return actions;
  const all: CodeAction = { title: 'Fix all that leaves the image as it is', kind: FIX_ALL };
  if (client.resolvesEdits) return [...actions, { ...all, data: textDocument.uri }];
  // In a large file it is not worked out for a menu that is merely opened.
  const isWorthwhile = context.only !== undefined || found.milliseconds < QUICK;
  return isWorthwhile ? [...actions, { ...all, edit: fixAllEdit({ open, settings }, client) }] : actions;
};

const QUICK = 10;

const isAsked = (kind: string, only: readonly string[] | undefined): boolean =>
  only === undefined || only.some((each) => kind === each || kind.startsWith(`${each}.`));

/** The edit of an action that the editor has chosen. */
export const fixAllEdit = (
  { open, settings: { config, trouble, isIgnored } }: Opened,
  client: Client,
): WorkspaceEdit => {
  const isOff = trouble !== undefined || isIgnored;
  const after = isOff ? open.document.text : fix(open.document, config, 'safe').text;
  return editOf(client, open, changesBetween(open.document.text, after));
};

const actionsFor = (open: OpenFile, diagnostic: Diagnostic, client: Client): readonly CodeAction[] => {
  const { rule } = diagnostic;
  if (rule === CONFIGURATION) return [];
  const about = { kind: CodeActionKind.QuickFix, diagnostics: [editorDiagnostic(open, diagnostic)] };
  const actions: CodeAction[] = [];
  const mend = fixAction(open, diagnostic, client);
  if (mend) actions.push({ ...about, ...mend });
  if (!NEVER_IGNORED.has(rule)) {
    const here = ignoreEdits(open.file, [diagnostic], REASON);
    const inFile = [ignoreInFile(open.file, rule, REASON)];
    actions.push({ ...about, title: `Ignore ${rule} here, with a reason`, edit: reasonedEdit(client, open, here) });
    actions.push({ ...about, title: `Ignore ${rule} in this file`, edit: reasonedEdit(client, open, inFile) });
  }
  if (rulePlace(rule)) {
    const title = `Open the page of ${rule}`;
    actions.push({ ...about, title, command: { title, command: OPEN_RULE, arguments: [rule] } });
  }
  return actions;
};

/** What is shown only is not applied here either. */
const fixAction = (open: OpenFile, { fix: mend }: Diagnostic, client: Client): CodeAction | undefined => {
  if (!mend || mend.safety === 'manual' || mend.edits.length === 0) return undefined;
  const isSafe = mend.safety === 'safe';
  const title = isSafe ? mend.title : `${mend.title} (may change the image)`;
  return { title, edit: editOf(client, open, mend.edits), ...(isSafe ? { isPreferred: true } : {}) };
};

/** The reason is a place to be filled in, where the editor knows of such. */
const reasonedEdit = (client: Client, open: OpenFile, edits: readonly Edit[]): WorkspaceEdit => {
  if (!client.takesSnippets || !client.takesVersions) return editOf(client, open, edits);
  const snippets = edits.map(({ range, text }) => {
    const value = text.replace(/[$}\\]/g, '\\$&').replace(REASON, `\${1:${REASON}}`);
    return { range: editorRange(open, range), snippet: StringValue.createSnippet(value) };
  });
  return { documentChanges: [{ textDocument: versionOf(open), edits: snippets }] };
};
