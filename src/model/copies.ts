import type { Add, Copy } from '../ast/nodes.ts';
import type { Model } from './index.ts';
import { cleanPath, isAbsolutePath } from './paths.ts';

/** The absolute path that COPY or ADD writes to; undefined when the file does not tell. `workdir` is that in force. */
export const copyTarget = (
  model: Model,
  node: Copy | Add,
  workdir = model.stateBefore(node).workdir,
): string | undefined => {
  const { value } = model.expand(node.destination, node);
  if (value === undefined || value === '') return undefined;
  if (isAbsolutePath(value)) return cleanPath(value);
  return workdir && cleanPath(`${workdir}/${value}`);
};
