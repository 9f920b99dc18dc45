import type { CstNode, ICstVisitor, IToken } from "chevrotain";

export interface FileCstNode extends CstNode {
  name: "file";
  children: FileCstChildren;
}

export type FileCstChildren = {
  line?: LineCstNode[];
};

export interface LineCstNode extends CstNode {
  name: "line";
  children: LineCstChildren;
}

export type LineCstChildren = {
  instruction?: InstructionCstNode[];
  Newline?: IToken[];
  EndOfLine?: IToken[];
};

export interface InstructionCstNode extends CstNode {
  name: "instruction";
  children: InstructionCstChildren;
}

export type InstructionCstChildren = {
  from?: FromCstNode[];
  run?: RunCstNode[];
  cmd?: CmdCstNode[];
  entrypoint?: EntrypointCstNode[];
  shell?: ShellCstNode[];
  copy?: CopyCstNode[];
  add?: AddCstNode[];
  env?: EnvCstNode[];
  label?: LabelCstNode[];
  arg?: ArgCstNode[];
  workdir?: WorkdirCstNode[];
  user?: UserCstNode[];
  stopsignal?: StopsignalCstNode[];
  maintainer?: MaintainerCstNode[];
  expose?: ExposeCstNode[];
  volume?: VolumeCstNode[];
  healthcheck?: HealthcheckCstNode[];
  onbuild?: OnbuildCstNode[];
  unknown?: UnknownCstNode[];
};

export interface FlagsCstNode extends CstNode {
  name: "flags";
  children: FlagsCstChildren;
}

export type FlagsCstChildren = {
  Flag?: IToken[];
  FlagsEnd?: IToken[];
};

export interface ExecFormCstNode extends CstNode {
  name: "execForm";
  children: ExecFormCstChildren;
}

export type ExecFormCstChildren = {
  LeftBracket: IToken[];
  JsonString?: IToken[];
  Comma?: IToken[];
  RightBracket: IToken[];
};

export interface CommandCstNode extends CstNode {
  name: "command";
  children: CommandCstChildren;
}

export type CommandCstChildren = {
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Rest?: IToken[];
};

export interface PathsCstNode extends CstNode {
  name: "paths";
  children: PathsCstChildren;
}

export type PathsCstChildren = {
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Word?: IToken[];
};

export interface WordsCstNode extends CstNode {
  name: "words";
  children: WordsCstChildren;
}

export type WordsCstChildren = {
  Word?: IToken[];
};

export interface TextCstNode extends CstNode {
  name: "text";
  children: TextCstChildren;
}

export type TextCstChildren = {
  Rest?: IToken[];
};

export interface PairsCstNode extends CstNode {
  name: "pairs";
  children: PairsCstChildren;
}

export type PairsCstChildren = {
  LegacyKey?: IToken[];
  Rest?: IToken[];
  QuotedWord?: IToken[];
};

export interface DeclarationsCstNode extends CstNode {
  name: "declarations";
  children: DeclarationsCstChildren;
}

export type DeclarationsCstChildren = {
  QuotedWord?: IToken[];
};

export interface FromCstNode extends CstNode {
  name: "from";
  children: FromCstChildren;
}

export type FromCstChildren = {
  From: IToken[];
  flags: FlagsCstNode[];
  words: WordsCstNode[];
};

export interface RunCstNode extends CstNode {
  name: "run";
  children: RunCstChildren;
}

export type RunCstChildren = {
  Run: IToken[];
  flags: FlagsCstNode[];
  command: CommandCstNode[];
};

export interface CmdCstNode extends CstNode {
  name: "cmd";
  children: CmdCstChildren;
}

export type CmdCstChildren = {
  Cmd: IToken[];
  flags: FlagsCstNode[];
  command: CommandCstNode[];
};

export interface EntrypointCstNode extends CstNode {
  name: "entrypoint";
  children: EntrypointCstChildren;
}

export type EntrypointCstChildren = {
  Entrypoint: IToken[];
  flags: FlagsCstNode[];
  command: CommandCstNode[];
};

export interface ShellCstNode extends CstNode {
  name: "shell";
  children: ShellCstChildren;
}

export type ShellCstChildren = {
  Shell: IToken[];
  flags: FlagsCstNode[];
  command: CommandCstNode[];
};

export interface CopyCstNode extends CstNode {
  name: "copy";
  children: CopyCstChildren;
}

export type CopyCstChildren = {
  Copy: IToken[];
  flags: FlagsCstNode[];
  paths: PathsCstNode[];
};

export interface AddCstNode extends CstNode {
  name: "add";
  children: AddCstChildren;
}

export type AddCstChildren = {
  Add: IToken[];
  flags: FlagsCstNode[];
  paths: PathsCstNode[];
};

export interface EnvCstNode extends CstNode {
  name: "env";
  children: EnvCstChildren;
}

export type EnvCstChildren = {
  Env: IToken[];
  flags: FlagsCstNode[];
  pairs: PairsCstNode[];
};

export interface LabelCstNode extends CstNode {
  name: "label";
  children: LabelCstChildren;
}

export type LabelCstChildren = {
  Label: IToken[];
  flags: FlagsCstNode[];
  pairs: PairsCstNode[];
};

export interface ArgCstNode extends CstNode {
  name: "arg";
  children: ArgCstChildren;
}

export type ArgCstChildren = {
  Arg: IToken[];
  flags: FlagsCstNode[];
  declarations: DeclarationsCstNode[];
};

export interface WorkdirCstNode extends CstNode {
  name: "workdir";
  children: WorkdirCstChildren;
}

export type WorkdirCstChildren = {
  Workdir: IToken[];
  flags: FlagsCstNode[];
  text: TextCstNode[];
};

export interface UserCstNode extends CstNode {
  name: "user";
  children: UserCstChildren;
}

export type UserCstChildren = {
  User: IToken[];
  flags: FlagsCstNode[];
  text: TextCstNode[];
};

export interface StopsignalCstNode extends CstNode {
  name: "stopsignal";
  children: StopsignalCstChildren;
}

export type StopsignalCstChildren = {
  Stopsignal: IToken[];
  flags: FlagsCstNode[];
  text: TextCstNode[];
};

export interface MaintainerCstNode extends CstNode {
  name: "maintainer";
  children: MaintainerCstChildren;
}

export type MaintainerCstChildren = {
  Maintainer: IToken[];
  flags: FlagsCstNode[];
  text: TextCstNode[];
};

export interface ExposeCstNode extends CstNode {
  name: "expose";
  children: ExposeCstChildren;
}

export type ExposeCstChildren = {
  Expose: IToken[];
  flags: FlagsCstNode[];
  words: WordsCstNode[];
};

export interface VolumeCstNode extends CstNode {
  name: "volume";
  children: VolumeCstChildren;
}

export type VolumeCstChildren = {
  Volume: IToken[];
  flags: FlagsCstNode[];
  paths: PathsCstNode[];
};

export interface UnknownCstNode extends CstNode {
  name: "unknown";
  children: UnknownCstChildren;
}

export type UnknownCstChildren = {
  Unknown: IToken[];
  flags: FlagsCstNode[];
  text: TextCstNode[];
};

export interface HealthcheckCstNode extends CstNode {
  name: "healthcheck";
  children: HealthcheckCstChildren;
}

export type HealthcheckCstChildren = {
  Healthcheck: IToken[];
  flags: FlagsCstNode[];
  HealthcheckType?: IToken[];
  command?: CommandCstNode[];
};

export interface OnbuildCstNode extends CstNode {
  name: "onbuild";
  children: OnbuildCstChildren;
}

export type OnbuildCstChildren = {
  Onbuild: IToken[];
  OnbuildFlag?: IToken[];
  OnbuildFlagsEnd?: IToken[];
  instruction?: InstructionCstNode[];
};

export interface ICstNodeVisitor<IN, OUT> extends ICstVisitor<IN, OUT> {
  file(children: FileCstChildren, param?: IN): OUT;
  line(children: LineCstChildren, param?: IN): OUT;
  instruction(children: InstructionCstChildren, param?: IN): OUT;
  flags(children: FlagsCstChildren, param?: IN): OUT;
  execForm(children: ExecFormCstChildren, param?: IN): OUT;
  command(children: CommandCstChildren, param?: IN): OUT;
  paths(children: PathsCstChildren, param?: IN): OUT;
  words(children: WordsCstChildren, param?: IN): OUT;
  text(children: TextCstChildren, param?: IN): OUT;
  pairs(children: PairsCstChildren, param?: IN): OUT;
  declarations(children: DeclarationsCstChildren, param?: IN): OUT;
  from(children: FromCstChildren, param?: IN): OUT;
  run(children: RunCstChildren, param?: IN): OUT;
  cmd(children: CmdCstChildren, param?: IN): OUT;
  entrypoint(children: EntrypointCstChildren, param?: IN): OUT;
  shell(children: ShellCstChildren, param?: IN): OUT;
  copy(children: CopyCstChildren, param?: IN): OUT;
  add(children: AddCstChildren, param?: IN): OUT;
  env(children: EnvCstChildren, param?: IN): OUT;
  label(children: LabelCstChildren, param?: IN): OUT;
  arg(children: ArgCstChildren, param?: IN): OUT;
  workdir(children: WorkdirCstChildren, param?: IN): OUT;
  user(children: UserCstChildren, param?: IN): OUT;
  stopsignal(children: StopsignalCstChildren, param?: IN): OUT;
  maintainer(children: MaintainerCstChildren, param?: IN): OUT;
  expose(children: ExposeCstChildren, param?: IN): OUT;
  volume(children: VolumeCstChildren, param?: IN): OUT;
  unknown(children: UnknownCstChildren, param?: IN): OUT;
  healthcheck(children: HealthcheckCstChildren, param?: IN): OUT;
  onbuild(children: OnbuildCstChildren, param?: IN): OUT;
}
