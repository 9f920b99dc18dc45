import { resolve } from 'node:path';
import { parse } from '../ast/create.ts';
import type { Iechorfile } from '../ast/nodes.ts';
import { ConfigError } from '../config/error.ts';
import { configure } from '../config/select.ts';
import { isCodeOf } from '../lint/compat.ts';
import type { Diagnostic } from '../lint/diagnostic.ts';
import { lintFile } from '../lint/linter.ts';
import type { Rule } from '../lint/rule.ts';
import { modelOf } from '../model/index.ts';
import { missingStage, targetOf } from '../model/stages.ts';
import type { Document } from '../source/document.ts';
import { lineIndexOf } from '../source/text.ts';
import type { BuildInput } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import { inputsOf } from './buildable.ts';
import type { Call } from './call-option.ts';
import { locationOf } from './call-views.ts';
import { factsFor } from './facts.ts';
import type { Io } from './io.ts';
import { plainLint } from './lint-options.ts';
import { printFindings } from './print-findings.ts';
import { printJson } from './print-json.ts';
import { isFolder } from './read-input.ts';

/** Prints what BuildKit's checks find, whatever configurations say; whether they find anything. */
export const checkAsBuildkit = async (
  call: Call,
  { document }: BuildInput,
  options: BuildOptions,
  io: Io,
  rules: readonly Rule[],
): Promise<boolean> => {
  const file = parse(document.text);
  const inputs = inputsOf(options, io);
  const { stages } = modelOf(file, inputs);
  if (!targetOf(stages, inputs.target) && inputs.target !== undefined)
    throw new ConfigError(`--target: ${missingStage(inputs.target, stages)}`);
  const config = { ...configure(rules, { select: ['buildkit'], ignore: [] }), inputs };
  const context = isFolder(options, io) ? options.context : undefined;
  const target = { path: document.path, file: resolve(io.cwd, document.path) };
  const facts = factsFor({ options: { ...plainLint([]), context }, io }, config, { target, source: { document } });
  const diagnostics = lintFile(document, file, config, facts);
  if (call.format === 'json') printJson(viewOf({ document, file, rules }, diagnostics), io);
  else if (diagnostics.length === 0) io.stdout.write('Check complete, no warnings found.\n');
  else await printFindings('pretty', { document, diagnostics }, [...config.rules.keys()], io.stdout, io);
  return diagnostics.length > 0;
};

interface Checked {
  readonly document: Document;
  readonly file: Iechorfile;
  readonly rules: readonly Rule[];
}

/** Field by field what buildx prints. What no check of BuildKit says is what no build could get past. */
const viewOf = (checked: Checked, diagnostics: readonly Diagnostic[]) => {
  const { document } = checked;
  const warnings = diagnostics.flatMap((each) => warningOf(checked, each) ?? []);
  const error = diagnostics.find((each) => checkIn(each) === undefined);
  return {
    warnings,
    sources: [{ filename: document.path, data: Buffer.from(document.text).toString('base64'), language: 'Dockerfile' }],
    buildError: error && { message: error.message, location: placeOf(checked, error) },
  };
};

const checkIn = ({ codes }: Diagnostic): string | undefined => codes.find((code) => isCodeOf('buildkit', code));

const warningOf = (checked: Checked, diagnostic: Diagnostic) => {
  const ruleName = checkIn(diagnostic);
  if (ruleName === undefined) return undefined;
  const page = ruleName.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase();
  return {
    ruleName,
    description: checked.rules.find(({ name }) => name === diagnostic.rule)?.summary,
    url: `https://docs.docker.com/go/dockerfile/rule/${page}/`,
    detail: diagnostic.message,
    location: placeOf(checked, diagnostic),
  };
};

/** What begins an instruction is about the whole of it. */
const placeOf = ({ document, file }: Checked, { range: { start, end } }: Diagnostic) => {
  const index = lineIndexOf(document.text);
  const first = index.lineAt(start);
  const whole = file.instructions.find(({ lines }) => lines.first === first);
  return locationOf(whole ?? { lines: { first, last: index.lineAt(Math.max(start, end - 1)) } });
};
