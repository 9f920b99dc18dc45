import { hadolintScript, type ScriptPlace, type ShellInstruction } from '../model/index.ts';
import { outlineOf } from '../shell/index.ts';
import type { Context, Problem, Visitor } from './rule.ts';

/**
 * Asks the same of every script in the file that has the sign in its text. hadolint reads those of RUN alone, takes most
 * shells for a POSIX one, and says of a script that it cannot read nothing else.
 */
export const visitScripts = (
  context: Context,
  check: (place: ScriptPlace) => Iterable<Problem>,
  sign?: RegExp,
): Visitor => {
  const place = context.as === 'hadolint' ? placeForHadolint : placeOf;
  const visit = (node: ShellInstruction): Iterable<Problem> | undefined => {
    const found = place(context, node);
    return found && (sign === undefined || sign.test(found.script.text)) ? check(found) : undefined;
  };
  if (context.as === 'hadolint') return { Run: visit };
  return { Run: visit, Cmd: visit, Entrypoint: visit, Healthcheck: visit };
};

const placeOf = ({ model }: Context, node: ShellInstruction): ScriptPlace | undefined => model.placeOf(node);

const placeForHadolint = ({ model }: Context, node: ShellInstruction): ScriptPlace | undefined => {
  const found = hadolintScript(model, node);
  if (!found || found.script.problems.length > 0) return undefined;
  const { script, shell } = found;
  return { node, script, outline: outlineOf(script), dialect: shell === 'bash' ? 'bash' : 'posix' };
};

/** Whether a name is set in the script's environment, as far as the file tells. */
export const isSetBefore = ({ model, as }: Context, node: ShellInstruction): ((name: string) => boolean) => {
  const { bindings } = model.stateBefore(node);
  if (as !== 'hadolint') return (name) => bindings.has(name);
  // In a trigger it knows of triggers alone.
  const stage = model.stageOf(node)?.onbuildOf && model.stageOf(node);
  return (name) => {
    const by = bindings.get(name)?.node;
    return PROXIES.test(name) || (by !== undefined && (!stage || model.stageOf(by) === stage));
  };
};

/** The names that the file has set before. */
export const namesBefore = ({ model, as }: Context, node: ShellInstruction): readonly string[] => {
  const names: string[] = [];
  for (const [name, { node: by }] of model.stateBefore(node).bindings) if (by) names.push(name);
  return as === 'hadolint' ? [...names, 'HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY'] : names;
};

/** hadolint knows of these without being told. */
const PROXIES = /^(?:(?:https?|ftp|no)_proxy|(?:HTTPS?|FTP|NO)_PROXY)$/;
