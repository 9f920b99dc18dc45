import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import { type Dialect, dialectOf } from './shells.ts';
import type { StageInfo } from './stages.ts';

/** `# hadolint shell=bash`, which tells linters what a base image does not show; no build reads it. */
export interface ShellPragma {
  readonly start: number;
  /** As it is named there. */
  readonly shell: string;
  readonly dialect: Dialect;
}

const PRAGMA = /^[\t ]*(?:hadolint|tally|iechorlint)[\t ]+shell[\t ]*=[\t ]*([^\s#]+)/;

export const shellPragmasIn = ({ text, comments }: Iechorfile): readonly ShellPragma[] => {
  if (!/(?:hadolint|tally|iechorlint)[\t ]+shell/.test(text)) return [];
  const pragmas: ShellPragma[] = [];
  for (const { start, inside, text: said } of comments) {
    const [, shell] = inside ? [] : (PRAGMA.exec(said) ?? []);
    if (shell !== undefined) pragmas.push({ start, shell, dialect: dialectIn(shell) });
  }
  return pragmas;
};

/** hadolint takes whatever names one of these for it. */
const dialectIn = (shell: string): Dialect => {
  if (/pwsh|powershell/.test(shell)) return 'powershell';
  return shell.includes('cmd') ? 'cmd' : dialectOf(shell);
};

/**
 * The pragma that says what shell the instruction has: the last one before it in its stage or in those below it, unless a
 * SHELL comes behind that; where there is neither, the last one above the first FROM.
 */
export const pragmaFor = (
  pragmas: readonly ShellPragma[],
  node: Instruction,
  stage: StageInfo,
  shell: Instruction | undefined,
  first: StageInfo | undefined,
): ShellPragma | undefined => {
  let end = node.start;
  for (
    let at: StageInfo | undefined = stage;
    at;
    at = at.onbuildOf ?? (at.base.kind === 'stage' ? at.base.stage : undefined)
  ) {
    const { start } = at.node;
    const pragma = lastBefore(pragmas, end, start);
    const own = shell && shell.start >= start && shell.start <= at.node.end ? shell : undefined;
    if (pragma && (!own || own.start < pragma.start)) return pragma;
    if (own) return undefined;
    end = at.base.kind === 'stage' ? at.base.stage.node.end : end;
  }
  const top = first?.node.start ?? node.start;
  return lastBefore(pragmas, top, -1);
};

/** The last one before the end, where it stands behind the start. */
const lastBefore = (pragmas: readonly ShellPragma[], end: number, start: number): ShellPragma | undefined => {
  let low = 0;
  let high = pragmas.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pragmas[middle]?.start ?? 0) < end) low = middle + 1;
    else high = middle;
  }
  const found = pragmas[low - 1];
  return found && found.start > start ? found : undefined;
};
