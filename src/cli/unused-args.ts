import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import { nearest } from '../source/nearest.ts';

/** What is to be said of values of `--build-arg` that no ARG of a file takes; undefined where there are none. */
export const unusedArgs = (file: Iechorfile, given: Iterable<string>, path: string): string | undefined => {
  const declared = declaredIn(file);
  const unused = [...given].filter((name) => !declared.has(name) && !KNOWN.test(name));
  const [first, ...more] = unused;
  if (first === undefined) return undefined;
  const meant = more.length === 0 ? nearest(first, declared) : undefined;
  const names = more.length === 0 ? 'this name' : 'these names';
  return `--build-arg ${unused.join(', ')}: no ARG in ${path} has ${names}${meant ? ` (did you mean \`${meant}\`?)` : ''}`;
};

/** What counts without an ARG. */
const KNOWN =
  /^(?:(?:https?|ftp|no|all)_proxy|BUILDKIT_\w+|SOURCE_DATE_EPOCH|TARGETSTAGE|(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT))$/i;

const declaredIn = ({ globals, stages }: Iechorfile): ReadonlySet<string> => {
  const names = new Set<string>();
  const declare = (node: Instruction): void => {
    if (node.kind === 'Onbuild' && node.trigger) declare(node.trigger);
    if (node.kind !== 'Arg') return;
    for (const { name } of node.declarations) names.add(name.text);
  };
  for (const node of globals) declare(node);
  for (const { instructions } of stages) for (const node of instructions) declare(node);
  return names;
};
