import { ConfigError } from '../config/error.ts';
import { modelOf } from '../model/index.ts';
import { outlineOf } from '../model/outline.ts';
import { missingStage, targetOf } from '../model/stages.ts';
import { refusalOf } from '../model/validate.ts';
import type { BuildInput } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import { buildableOf, inputsOf, parsed } from './buildable.ts';
import type { Call } from './call-option.ts';
import { descriptionView, outlineText, outlineView, targetsText, targetsView } from './call-views.ts';
import type { Io } from './io.ts';
import type { LoadRules } from './main.ts';
import { printJson } from './print-json.ts';
import { readingInput } from './read-input.ts';
import { say } from './say.ts';
import { tableLines } from './table.ts';

/** `--call`: what a file takes, has or lacks, as docker prints it. Nothing is built; 1: there are findings, or no build could be. */
export const callInstead = async (call: Call, options: BuildOptions, io: Io, rules: LoadRules): Promise<number> => {
  if (call.method === 'subrequests.describe') return describe(call, io);
  return readingInput(options, io, async (input) => {
    if (call.method === 'outline') return outline(call, input, options, io);
    if (call.method === 'targets') return targets(call, input, options, io);
    const { checkAsBuildkit } = await import('./call-check.ts');
    const hasFindings = await checkAsBuildkit(call, input, options, io, await rules());
    return hasFindings && !call.ignoresStatus ? 1 : 0;
  });
};

const outline = (call: Call, { document }: BuildInput, options: BuildOptions, io: Io): number => {
  const inputs = inputsOf(options, io);
  const valid = buildableOf(document, parsed(document, options), inputs, io);
  if (!valid) return 1;
  const model = modelOf(valid.file, inputs);
  const target = targetOf(model.stages, inputs.target);
  if (!target) throw new ConfigError(`--target: ${missingStage(inputs.target ?? '', model.stages)}`);
  const found = outlineOf(model, target);
  if (call.format === 'json') printJson(outlineView(found, document), io);
  else io.stdout.write(outlineText(found));
  return 0;
};

const targets = (call: Call, { document }: BuildInput, options: BuildOptions, io: Io): number => {
  const file = parsed(document, options);
  const refusal = refusalOf(file);
  if (refusal) {
    say(io, `${document.path}: ${refusal}`);
    return 1;
  }
  const { stages } = modelOf(file);
  if (call.format === 'json') printJson(targetsView(stages, document), io);
  else io.stdout.write(targetsText(stages));
  return 0;
};

/** What `--call` can be asked. */
const METHODS = [
  ['outline', 'What the build of a target takes'],
  ['targets', 'The stages of the file'],
  ['lint', 'What BuildKit finds in the file'],
  ['subrequests.describe', 'What there is to ask'],
] as const;

const describe = (call: Call, io: Io): number => {
  if (call.format === 'json') printJson(METHODS.map(descriptionView), io);
  else
    io.stdout.write(
      tableLines([['NAME', 'VERSION', 'DESCRIPTION'], ...METHODS.map(([name, text]) => [name, '1.0.0', text])]),
    );
  return 0;
};
