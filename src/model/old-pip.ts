import type { Run } from '../ast/nodes.ts';
import type { ShellCommand } from '../shell/index.ts';
import type { Model } from './index.ts';
import { officialName } from './known-images.ts';
import { bottomStage } from './stages.ts';

/** Whether it runs the pip that an old release brings: before 6.0 it kept nothing and did not know `--no-cache-dir`. */
export const isOldPip = (model: Model, run: Run, { start, word }: ShellCommand): boolean => {
  const stage = model.stageOf(run);
  const base = stage && bottomStage(stage).base;
  const reference = base?.kind === 'image' ? base.reference : undefined;
  const name = reference && officialName(reference);
  if (name === undefined || !OLD_RELEASES[name]?.test(reference?.tag ?? '') || word?.text?.includes('/')) return false;
  const before = model.file.text.slice(0, start);
  return /\bpython3?-pip\b/.test(before) && !NEWER.test(before);
};

const OLD_RELEASES: Readonly<Record<string, RegExp>> = {
  debian: /^(?:[78]\b|wheezy|jessie)/,
  ubuntu: /^(?:1[0-5]\.\d|precise|trusty|utopic|vivid|wily)/,
};

/** What brings a newer one. */
const NEWER = /get-pip|ensurepip|conda|virtualenv|venv|pyenv|easy_install.*\bpip\b|install.*\spip(?![\w.-])/;
