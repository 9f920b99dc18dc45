import type { Edit } from '../lint/diagnostic.ts';
import { replace } from '../lint/edits.ts';
import { renameStage } from '../lint/rename-stage.ts';
import type { NameAt } from './names.ts';
import type { OpenFile } from './open-file.ts';
import { type Mention, variableTable } from './variables.ts';

/** The edits that give what the name stands for another one; a text says why that cannot be. */
export const rename = (open: OpenFile, name: NameAt, to: string): readonly Edit[] | string => {
  const obstacle = obstacleTo(open, name);
  if (obstacle !== undefined) return obstacle;
  return name.kind === 'stage' ? renamedStage(open, name, to) : renamedVariable(open, name.mention, to);
};

/** Why the name cannot be changed, whatever to. */
export const obstacleTo = ({ model }: OpenFile, name: NameAt): string | undefined => {
  if (name.kind === 'stage') {
    if (!name.stage.node.from?.name) return 'The stage has no name; give it one behind `AS` first';
    return /^\d+$/.test(name.name) ? 'The stage is meant by its number here; rename it at its FROM' : undefined;
  }
  if (name.name === 'PATH') return 'Programs are looked for in `PATH`, by this very name';
  if (!variableTable(model).settingOf(name.mention)) return `Nothing in this file sets \`${name.name}\``;
  const isOfBuild = model.globals.bindings.get(name.name)?.by === 'predefined' || PROXY.test(name.name);
  return isOfBuild ? `Every build defines \`${name.name}\` by this very name` : undefined;
};

const PROXY = /^(?:https?|ftp|no|all)_proxy$/i;

const renamedStage = ({ model }: OpenFile, { stage }: NameAt & { kind: 'stage' }, to: string) => {
  if (!/^[a-z][a-z0-9._-]*$/.test(to))
    return `\`${to}\` is no name for a stage: write lower-case letters, digits, \`.\`, \`_\` and \`-\`, a letter first`;
  if (to === 'scratch' || to === 'context') return `\`${to}\` has a meaning of its own`;
  if (model.stages.some(({ name }) => name === to)) return `Another stage is called \`${to}\` already`;
  return renameStage(model, stage, to) ?? 'The name is put together or quoted in one place; change it there first';
};

const renamedVariable = ({ model, file }: OpenFile, mention: Mention, to: string) => {
  if (!/^[A-Za-z_]\w*$/.test(to)) return `\`${to}\` is no name for a variable: write letters, digits and \`_\``;
  const { mentions, together } = variableTable(model);
  if (mentions.some(({ name }) => name === to)) return `\`${to}\` is used in this file already`;
  const all = together(mention);
  const isPlain = all.every(({ start, end, name }) => file.text.slice(start, end) === name);
  return isPlain ? all.map((each) => replace(each, to)) : 'The name is quoted or broken over lines in one place';
};
