import type { From, Iechorfile, Instruction, Run, Stage } from '../ast/nodes.ts';
import type { Variable, Word } from '../ast/words.ts';
import type { Script, ShellCommand, ShProgram } from '../shell/index.ts';
import type { Refusal } from './effects.ts';
import { type Expansion, expand } from './expand.ts';
import { memo, once } from './memo.ts';
import { type Mount, mountsOf } from './mounts.ts';
import { globalsByDefault } from './plain-build.ts';
import { environmentOf, globalScope, type Inputs, type Scope } from './scope.ts';
import {
  commandsIn,
  droppedLines,
  placeIn,
  programsIn,
  type ScriptPlace,
  type ShellInstruction,
  scriptOf,
} from './scripts.ts';
import { shProgramsIn } from './sh-program.ts';
import { pragmaFor, shellPragmasIn } from './shell-pragmas.ts';
import { type ShellInForce, shellInForce } from './shells.ts';
import { baseChain, bottomStage, type Reference, reachedFrom, type StageInfo, stagesOf, targetOf } from './stages.ts';
import { imageState, type State } from './state.ts';
import { statesIn } from './states.ts';

export * from '../shell/index.ts';
export { type Account, accountsOf } from './accounts.ts';
export { appendedCommand, type Insertion } from './appended-command.ts';
export { type Artefact, type BuiltInPlace, builtInPlace } from './artefacts.ts';
export { asWritten, mayBeAbsolute, versionAsWritten } from './as-written.ts';
export type { BuildStep, Language } from './builds.ts';
export { instructionsBefore, stageChain } from './chain.ts';
export {
  blanksOf,
  type ContinuedLine,
  columnsOf,
  continuedLines,
  type Indentation,
  indentationOf,
  isAligned,
  isFree,
  solidRanges,
  usualIndentation,
} from './continued-lines.ts';
export { copyTarget } from './copies.ts';
export {
  addressIn,
  type Download,
  downloadsIn,
  hostOf,
  isDownloader,
  isPrivateHost,
  isVerification,
  isVerifiedIn,
} from './downloads.ts';
export { baseName, type EarlyCopy, earlyCopy, fetchAlone, folderOf, hasCacheMount } from './early-copies.ts';
export { isEnded } from './ended-releases.ts';
export type { Expansion } from './expand.ts';
export { type ExposedPort, exposedPorts } from './exposed.ts';
export { misspeltFrontend, otherFrontend } from './frontend.ts';
export { type HadolintCache, hadolintCaches, isSeenByHadolint } from './hadolint-caches.ts';
export { type HadolintPin, hadolintPinsIn } from './hadolint-pins.ts';
export { type HadolintScript, hadolintScript } from './hadolint-shell.ts';
export { type KnownImage, knownBaseOf, knownImage, officialName } from './known-images.ts';
export { stagesLacking } from './lacking.ts';
export {
  type CompilersForPackages,
  compilersForPackages,
  type DependenciesForBuild,
  dependenciesForBuild,
} from './leftovers.ts';
export { type LicenseFlaw, licenseFlaw } from './licenses.ts';
export { isListReader, isListUse, type ListUse, laterListUses } from './list-uses.ts';
export { type ListeningPort, listeningPorts } from './listening.ts';
export { type LooseInstall, looseInstalls } from './loose-installs.ts';
export { type MeantStages, meantStages } from './meant-stages.ts';
export { isWorldWritable, octalMode } from './modes.ts';
export { MOUNT_TYPES, type MountFlaw, type MountType, mountFlaws } from './mount-flaws.ts';
export type { Mount } from './mounts.ts';
export { isGnuWget } from './network-tools.ts';
export { isOfficialImage, officialImages } from './official-images.ts';
export { endsOpen, ownLines, topOf } from './own-lines.ts';
export { type KeptCache, keptCachesIn } from './package-caches.ts';
export { type PackageList, packageLists } from './package-lists.ts';
export * from './packages.ts';
export { cleanPath, isAbsolutePath, leavesRoot } from './paths.ts';
export { type UnpinnedInstall, unpinnedInstalls } from './pins.ts';
export { lostFailure, optionsOfShell, unguardedPipes } from './pipes.ts';
export { expandByDefault } from './plain-build.ts';
export { PROCESSORS, readPlatform, SYSTEMS } from './platforms.ts';
export { type PortRange, readPort } from './ports.ts';
export { isPreprocessed } from './preprocessed.ts';
export {
  type ContextCopy,
  contextCopy,
  type ProjectInstall,
  projectInstalls,
  startDirectory,
} from './project-installs.ts';
export { type ImageReference, readReference } from './reference.ts';
export { canMean, imageReferences, mayBeStage, nameRangeOf, ownReferences } from './references.ts';
export { type DeletedLater, deletedLater } from './removals.ts';
export { type RuntimeNeeds, runtimeImage } from './runtime-images.ts';
export type { Binding, HealthcheckConfig, ImageConfig, Inputs, Scope } from './scope.ts';
export type { ScriptPlace, ShellInstruction } from './scripts.ts';
export { type Setting, settingsIn } from './settings.ts';
export { type ScriptReader, scriptReader, shellReader } from './sh-program.ts';
export { type ShellNeed, shellNeedOf } from './shell-need.ts';
export { directoryOf, isWithin, shellPath, shellValue } from './shell-paths.ts';
export { type Dialect, dialectOf, isWindowsStage, type ShellInForce } from './shells.ts';
export { isSignal, SIGNALS } from './signals.ts';
export { isSlip, nearestName } from './slips.ts';
export { type DeadComment, deadComment, isSpoilt, strayComment, swallowedKeyword } from './spoilt.ts';
export { type Base, bottomStage, type Reference, type StageInfo } from './stages.ts';
export { dropsPrivileges, endOfBuild, isToolbox, type Startup, startupOf } from './startup.ts';
export type { State } from './state.ts';
export { unprivilegedSteps } from './unprivileged.ts';
export { changesWith, type IdleSteps, idleSteps, type NamedValue, variableUse } from './variable-uses.ts';
export {
  expandedWords,
  namesSetBy,
  type Setters,
  setsOnlyPath,
  settersIn,
  unboundIn,
  unboundInScript,
  variablesIn,
} from './variables.ts';
export { endsInRoot, knownWorkdir } from './workdirs.ts';

/** Everything that rules and the builder ask of a file; each part is computed when first asked. */
export interface Model {
  readonly file: Iechorfile;
  readonly inputs: Inputs;
  /** The ARGs before the first FROM, with those that every build defines. */
  readonly globals: Scope;
  readonly stages: readonly StageInfo[];
  /** The stage that is built: the target, or the last. Undefined in an empty file. */
  readonly final: StageInfo | undefined;
  /** The stage of an instruction, also of a trigger; undefined for ARGs before the first FROM. */
  stageOf(node: Instruction): StageInfo | undefined;
  /** The stage that the triggers of ONBUILD instructions make in a child image. */
  triggersOf(stage: StageInfo): StageInfo | undefined;
  /** Whether the final stage takes from it, by FROM, COPY or a mount, also through others. */
  isReached(stage: StageInfo): boolean;
  /** Whether its layers are in the final image: the final stage and those it is built on by FROM. */
  isInFinalImage(stage: StageInfo): boolean;
  /** What a stage takes from other stages and images. */
  referencesTo(stage: StageInfo): readonly Reference[];
  /** The state that the instruction meets; for a FROM that of its stage's start. */
  stateBefore(node: Instruction): State;
  /** The state that the instruction leaves. */
  stateLeftBy(node: Instruction): State;
  stateAfter(stage: StageInfo): State;
  /** The first instruction of the stage that BuildKit would not carry out, and why. */
  refusalIn(stage: StageInfo): Refusal | undefined;
  /** The value of a word in an instruction, its variables expanded as BuildKit does at that place. */
  expand(word: Word, node: Instruction): Expansion;
  /** The image that a FROM names in a build that is given no arguments, on a usual machine. */
  imageByDefault(from: From): Expansion;
  shellOf(node: Instruction): ShellInForce;
  /** The shell text of RUN, CMD, ENTRYPOINT or HEALTHCHECK, read; undefined in exec form and for other shells. */
  scriptOf(node: Instruction): Script | undefined;
  /** That text with all that is asked of it again and again. */
  placeOf(node: ShellInstruction): ScriptPlace | undefined;
  /** Every program that the instruction runs, in shell and in exec form. */
  commandsOf(node: Instruction): readonly ShellCommand[];
  /** What `sh` is where the instruction runs; undefined where the file does not tell. */
  shProgramOf(node: Instruction): ShProgram | undefined;
  mountsOf(run: Run): readonly Mount[];
  /** The names of every program that the file runs, also of those that only run another. */
  programs(): ReadonlySet<string>;
}

/** The model of a file, or of a build of it with the inputs. */
export const modelOf = (file: Iechorfile, inputs: Inputs = {}): Model => {
  const globals = globalScope(file, inputs);
  const stages = stagesOf(file, globals);
  const final = targetOf(stages, inputs.target) ?? stages.at(-1);
  const triggers = new Map(stages.flatMap((stage) => triggerStage(stage) ?? []));
  const owners = ownersOf(stages, triggers);
  const states = statesIn(file, inputs, globals);
  const reached = once(() => (final ? reachedFrom(final) : new Set<StageInfo>()));
  const byDefault = once(() => globalsByDefault(file));
  const dropped = once(() => droppedLines(file));
  const pragmas = once(() => shellPragmasIn(file));
  const takers = once(() => takersIn(stages));
  const inImage = once(() => new Set(final ? baseChain(final) : []));
  const programs = once(() => programsIn(file, model.commandsOf));
  const shPrograms = once(() => shProgramsIn(model));
  const hasFrom = stages.some(({ node }) => node.from);
  const model: Model = {
    file,
    inputs,
    globals,
    stages,
    final,
    stageOf: (node) => owners.get(node),
    triggersOf: (stage) => triggers.get(stage),
    isReached: (stage) => !hasFrom || reached().has(stage.onbuildOf ?? stage),
    isInFinalImage: (stage) => !hasFrom || inImage().has(stage.onbuildOf ?? stage),
    referencesTo: (stage) => takers().get(stage) ?? [],
    stateBefore(node) {
      const stage = owners.get(node);
      return stage ? (states(stage).before.get(node) ?? states(stage).start) : stateOfGlobals(globals);
    },
    stateLeftBy(node) {
      const stage = owners.get(node);
      return (stage && states(stage).after.get(node)) ?? model.stateBefore(node);
    },
    stateAfter: (stage) => states(stage).end,
    refusalIn: (stage) => states(stage).refusal,
    expand(word, node) {
      if (word.text !== undefined) return { value: word.text, error: undefined, unset: NO_VARIABLES };
      const scope = node.kind === 'From' || !owners.has(node) ? globals : model.stateBefore(node);
      return expand(word.parts, environmentOf(scope));
    },
    imageByDefault: ({ image }) => expand(image.parts, environmentOf(byDefault())),
    shellOf: memo((node) => {
      const stage = owners.get(node);
      if (!stage) return { dialect: 'other', argv: undefined };
      const state = model.stateBefore(node);
      const pragma = pragmas().length > 0 && pragmaFor(pragmas(), node, stage, state.setBy.shell, stages[0]);
      return pragma
        ? { dialect: pragma.dialect, argv: undefined, said: pragma.shell }
        : shellInForce(file, stage, state);
    }),
    scriptOf: memo((node) => scriptOf(file, node, model.shellOf(node), dropped)),
    placeOf: memo((node) => placeIn(node, model.scriptOf(node), model.shellOf(node))),
    commandsOf: memo((node) => commandsIn(node, model.scriptOf(node))),
    shProgramOf: (node) => shPrograms()(node),
    mountsOf: (run) => mountsOf(file, run, environmentOf(model.stateBefore(run))),
    programs,
  };
  return model;
};

const NO_VARIABLES: readonly Variable[] = [];

/** What takes from each stage. */
const takersIn = (stages: readonly StageInfo[]): ReadonlyMap<StageInfo, readonly Reference[]> => {
  const takers = new Map<StageInfo, Reference[]>();
  for (const { references } of stages) {
    for (const reference of references) {
      if (!reference.stage) continue;
      const list = takers.get(reference.stage);
      if (list) list.push(reference);
      else takers.set(reference.stage, [reference]);
    }
  }
  return takers;
};

const triggerStage = (stage: StageInfo): readonly [readonly [StageInfo, StageInfo]] | undefined => {
  const instructions: Instruction[] = [];
  for (const node of stage.node.instructions) if (node.kind === 'Onbuild') instructions.push(node.trigger);
  const [first] = instructions;
  if (!first) return undefined;
  const node: Stage = {
    kind: 'Stage',
    from: undefined,
    instructions,
    start: first.start,
    end: instructions.at(-1)?.end ?? first.end,
  };
  return [
    [
      stage,
      {
        node,
        index: stage.index,
        name: undefined,
        base: { kind: 'unknown' },
        below: bottomStage(stage),
        references: [],
        platform: undefined,
        onbuildOf: stage,
      },
    ],
  ];
};

const ownersOf = (
  stages: readonly StageInfo[],
  triggers: ReadonlyMap<StageInfo, StageInfo>,
): ReadonlyMap<Instruction, StageInfo> => {
  const owners = new Map<Instruction, StageInfo>();
  for (const stage of [...stages, ...triggers.values()]) {
    if (stage.node.from) owners.set(stage.node.from, stage);
    for (const node of stage.node.instructions) owners.set(node, stage);
  }
  return owners;
};

const stateOfGlobals = ({ bindings, complete }: Scope): State => ({ ...imageState(undefined), bindings, complete });
