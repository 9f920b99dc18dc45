import type { Instruction } from '../ast/nodes.ts';
import type { Model } from '../model/index.ts';
import type { StageInfo } from '../model/stages.ts';
import type { Image, Layer } from '../oci/image.ts';
import { fileOwnerOf, isNumeric, ROOT } from './accounts.ts';
import { writeLayer } from './copy.ts';
import { copyStep } from './copy-step.ts';
import { BuildError } from './error.ts';
import type { StepInfo } from './events.ts';
import { markOf, namedVariables, type StepInputs } from './key-parts.ts';
import { layerDraft } from './layer-draft.ts';
import type { BuildRequest } from './request.ts';
import { runStep } from './run.ts';
import { takenFrom } from './stage-files.ts';
import { clean, treeOf } from './tree.ts';

/** Where a step stands. */
export interface StepContext {
  readonly model: Model;
  readonly step: StepInfo;
  readonly request: BuildRequest;
  /** Its layers need not be in the store. */
  readonly build: (stage: StageInfo) => Promise<Image>;
  /** The image with its layers in the store. */
  readonly bring: (image: Image) => Promise<Image>;
  readonly imageNamed: (text: string) => Promise<Image>;
  /** Throws what has ended the build, where something has. */
  readonly throwIfStopped: () => void;
}

/** What decides a layer. The same data on the same files gives the same layer. */
export interface Claim {
  readonly data: unknown;
  /** Whatever it stands on, it gives the same layer. */
  readonly isDetached?: boolean;
}

/** A step that makes a layer. */
export interface Step extends Claim {
  /** What decides the data, for people. */
  readonly inputs: () => StepInputs;
  readonly run: () => Layer | Promise<Layer>;
}

export const stepOf = (node: Instruction, before: Image, context: StepContext): Step | Promise<Step> => {
  switch (node.kind) {
    case 'Run':
      return runStep(node, before, context);
    case 'Copy':
    case 'Add':
      return copyStep(node, before, context);
    case 'Workdir':
      return workdirStep(node, before, context);
    default:
      throw new BuildError(`${node.keyword.text} makes no layer`, node);
  }
};

/** Makes the directory and those above, for the user of that place. */
const workdirStep = (
  node: Extract<Instruction, { kind: 'Workdir' }>,
  before: Image,
  { model, request }: StepContext,
): Step => {
  const { workdir = '/', user } = model.stateBefore(node);
  const { value = '' } = model.expand(node.path, node);
  const path = clean(value.startsWith('/') ? value : `${workdir}/${value}`);
  const { store, epoch } = request;
  return {
    data: ['workdir', path, user ?? '', epoch],
    inputs: () => ({
      values: [
        ...namedVariables(model, node),
        ['the directory', markOf(path)],
        ['the user', markOf(user)],
        ['--timestamps', markOf(epoch)],
      ],
      files: [],
    }),
    run() {
      if (user && before.layers.length === 0 && !isNumeric(user))
        throw new BuildError(
          `there are no files yet, so that no user has the name \`${user}\`: USER needs numbers here`,
          node,
        );
      const tree = treeOf(store, before.layers);
      const draft = layerDraft(tree, epoch, takenFrom(tree));
      const problem = draft.makeFolders(draft.resolve(path), user ? fileOwnerOf(tree, user) : ROOT);
      if (problem) throw new BuildError(problem, node);
      return writeLayer(store, draft.entries());
    },
  };
};
