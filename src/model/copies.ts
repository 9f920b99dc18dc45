import type { Add, Copy } from '../ast/nodes.ts';
import type { Model } from './index.ts';
import { cleanPath, isAbsolutePath } from './paths.ts';

/** The absolute path that COPY or ADD writes to; undefined when the file does not tell. */
export const copyTarget = (model: Model, node: Copy | Add): string | undefined => {
  const { value } = model.expand(node.destination, node);
  if (value === undefined || value === '') return undefined;
  if (isAbsolutePath(value)) return cleanPath(value);
  const { workdir } = model.stateBefore(node);
  return workdir && cleanPath(`${workdir}/${value}`);
};
