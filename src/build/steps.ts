import { flagValue } from '../ast/flag-value.ts';
import { parseWordText } from '../ast/line.ts';
import type { Add, Copy, Instruction } from '../ast/nodes.ts';
import { readPattern } from '../facts/ignore-pattern.ts';
import { expand } from '../model/expand.ts';
import type { Model } from '../model/index.ts';
import { environmentOf } from '../model/scope.ts';
import type { StageInfo } from '../model/stages.ts';
import type { Image, Layer } from '../oci/image.ts';
import { chownOf, type Owner, ownerOf } from './accounts.ts';
import { copyEntries, digestOfSources, writeLayer } from './copy.ts';
import { BuildError } from './error.ts';
import type { BuildRequest, StepInfo } from './execute.ts';
import type { FileTree, Source, SourceFile } from './files.ts';
import { modeChange } from './modes.ts';
import { runStep } from './run.ts';
import { stageTree } from './stage-files.ts';
import { clean, folderOf, treeOf } from './tree.ts';

/** Where a step stands. */
export interface StepContext {
  readonly model: Model;
  readonly step: StepInfo;
  readonly request: BuildRequest;
  readonly build: (stage: StageInfo) => Promise<Image>;
  readonly imageNamed: (text: string) => Promise<Image>;
}

/** A step that makes a layer. The same data on the same files gives the same layer. */
export interface Step {
  readonly data: unknown;
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

const absolute = (path: string, workdir: string | undefined): string =>
  path.startsWith('/') ? path : `${workdir ?? '/'}/${path}`;

// WORKDIR -----------------------------------------------------------------------------------------------------------

const workdirStep = (
  node: Extract<Instruction, { kind: 'Workdir' }>,
  before: Image,
  { model, request }: StepContext,
): Step => {
  const { workdir, user } = model.stateBefore(node);
  const path = clean(absolute(model.expand(node.path, node).value ?? '', workdir));
  const { store, epoch } = request;
  return {
    data: ['workdir', path, user ?? '', epoch],
    run() {
      const tree = treeOf(store, before.layers);
      const owner = ownerOf(tree, user ?? '');
      if (typeof owner === 'string') throw new BuildError(owner, node);
      const real = tree.resolve(path);
      const made: SourceFile[] = [];
      for (let at = real; at !== '' && !tree.entry(at); at = folderOf(at))
        made.push({ path: at, type: 'directory', mode: 0o755, uid: owner.uid, gid: owner.gid, size: 0, mtime: epoch });
      return writeLayer(store, made.reverse());
    },
  };
};

// COPY, ADD ---------------------------------------------------------------------------------------------------------

const copyStep = async (node: Copy | Add, before: Image, context: StepContext): Promise<Step> => {
  const { model, request } = context;
  const { store, epoch } = request;
  const flags = flagsOf(model, node);
  const tree =
    flags.from === undefined
      ? request.context
      : stageTree(treeOf(store, (await fromOf(flags.from, node, context)).layers));
  const sources = sourcesOf(node, tree, flags, context);
  const { value: target = '' } = model.expand(node.destination, node);
  const destination = absolute(target, model.stateBefore(node).workdir);
  const { chown, chmod, link } = flags;
  return {
    data: ['copy', node.kind, destination, chown ?? '', chmod ?? '', link, epoch, digestOfSources(sources)],
    run() {
      const files = treeOf(store, before.layers);
      const owner = ownerFor(files, flags, node);
      const mode = chmod === undefined ? undefined : modeChange(chmod);
      if (typeof mode === 'string') throw new BuildError(mode, node);
      const entries = copyEntries({
        sources,
        destination,
        tree: files,
        owner,
        mode,
        mtime: epoch,
        followsLinks: !link,
      });
      if (typeof entries === 'string') throw new BuildError(entries, node);
      return writeLayer(store, entries);
    },
  };
};

interface CopyFlags {
  readonly from: string | undefined;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly link: boolean;
  readonly parents: boolean;
  readonly excludes: readonly string[];
}

const flagsOf = (model: Model, node: Copy | Add): CopyFlags => {
  const valueOf = (name: string) => {
    const flag = node.flags.findLast((each) => each.name.text === name);
    return flag && (flag.value ? model.expand(flag.value, node).value : (flagValue(flag) ?? ''));
  };
  const isOn = (name: string) => node.flags.some((flag) => flag.name.text === name) && valueOf(name) !== 'false';
  const unknown = node.flags.find(({ name }) => ['keep-git-dir', 'checksum', 'unpack'].includes(name.text));
  if (unknown) throw new BuildError(`--${unknown.name.text} is not carried out yet`, unknown);
  return {
    from: valueOf('from'),
    chown: valueOf('chown'),
    chmod: valueOf('chmod'),
    link: isOn('link'),
    parents: isOn('parents'),
    excludes: node.flags.flatMap(({ name, value }) =>
      name.text === 'exclude' && value ? (model.expand(value, node).value ?? []) : [],
    ),
  };
};

const fromOf = async (
  from: string,
  node: Instruction,
  { model, step, build, imageNamed }: StepContext,
): Promise<Image> => {
  const reference = step.stage.references.find((each) => each.node === node);
  if (reference?.stage) {
    const stage = model.stages.find(({ index }) => index === reference.stage?.index);
    if (stage) return build(stage);
  }
  return imageNamed(from);
};

const ownerFor = (tree: Parameters<typeof ownerOf>[0], { chown }: CopyFlags, node: Instruction): Owner | undefined => {
  if (chown === undefined) return undefined;
  const owner = chownOf(tree, chown);
  if (typeof owner === 'string') throw new BuildError(owner, node);
  return owner;
};

const sourcesOf = (node: Copy | Add, tree: FileTree, flags: CopyFlags, { model }: StepContext): readonly Source[] => {
  if (flags.parents) throw new BuildError('--parents is not carried out yet', node);
  const patterns = flags.excludes.map((text, line) => readPattern(text, false, line + 1));
  const isExcluded = (path: string) => patterns.some((each) => typeof each !== 'string' && each.expression.test(path));
  return node.sources.flatMap((word) => {
    if (word.heredoc) return [heredocSource(model, node, word.heredoc)];
    const { value = word.raw } = model.expand(word, node);
    if (node.kind === 'Add' && /^(?:https?:\/\/|git@|git:\/\/|ssh:\/\/)/.test(value))
      throw new BuildError('ADD of an address is not carried out yet', word);
    const found = tree.find(value, { isExcluded });
    if (found.length === 0)
      throw new BuildError(
        `\`${value}\` is not there${flags.from === undefined ? ', or the ignore file leaves it out' : ''}`,
        word,
      );
    return found;
  });
};

const heredocSource = (
  model: Model,
  node: Copy | Add,
  { name, content, expand: expands, stripTabs }: Copy['heredocs'][number],
): Source => {
  const text = stripTabs ? content.replace(/^\t+/gm, '') : content;
  const scope = environmentOf(model.stateBefore(node));
  const { value = text } = expands ? expand(parseWordText(text, model.file.escape), scope) : { value: text };
  const bytes = Buffer.from(value);
  const file: SourceFile = {
    path: '',
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: bytes.length,
    mtime: 0,
    digest: bytes.toString('base64'),
    content: (write) => write(bytes),
  };
  return { name, isFolder: false, files: [file] };
};
