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
  Newline: IToken[];
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

export interface FromCstNode extends CstNode {
  name: "from";
  children: FromCstChildren;
}

export type FromCstChildren = {
  From: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  Word?: IToken[];
};

export interface RunCstNode extends CstNode {
  name: "run";
  children: RunCstChildren;
}

export type RunCstChildren = {
  Run: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Rest?: IToken[];
};

export interface CmdCstNode extends CstNode {
  name: "cmd";
  children: CmdCstChildren;
}

export type CmdCstChildren = {
  Cmd: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Rest?: IToken[];
};

export interface EntrypointCstNode extends CstNode {
  name: "entrypoint";
  children: EntrypointCstChildren;
}

export type EntrypointCstChildren = {
  Entrypoint: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Rest?: IToken[];
};

export interface ShellCstNode extends CstNode {
  name: "shell";
  children: ShellCstChildren;
}

export type ShellCstChildren = {
  Shell: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Rest?: IToken[];
};

export interface CopyCstNode extends CstNode {
  name: "copy";
  children: CopyCstChildren;
}

export type CopyCstChildren = {
  Copy: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Word?: IToken[];
};

export interface AddCstNode extends CstNode {
  name: "add";
  children: AddCstChildren;
}

export type AddCstChildren = {
  Add: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Word?: IToken[];
};

export interface EnvCstNode extends CstNode {
  name: "env";
  children: EnvCstChildren;
}

export type EnvCstChildren = {
  Env: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  LegacyKey?: IToken[];
  Rest?: IToken[];
  QuotedWord?: IToken[];
};

export interface LabelCstNode extends CstNode {
  name: "label";
  children: LabelCstChildren;
}

export type LabelCstChildren = {
  Label: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  LegacyKey?: IToken[];
  Rest?: IToken[];
  QuotedWord?: IToken[];
};

export interface ArgCstNode extends CstNode {
  name: "arg";
  children: ArgCstChildren;
}

export type ArgCstChildren = {
  Arg: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  QuotedWord?: IToken[];
};

export interface WorkdirCstNode extends CstNode {
  name: "workdir";
  children: WorkdirCstChildren;
}

export type WorkdirCstChildren = {
  Workdir: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  Rest?: IToken[];
};

export interface UserCstNode extends CstNode {
  name: "user";
  children: UserCstChildren;
}

export type UserCstChildren = {
  User: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  Rest?: IToken[];
};

export interface StopsignalCstNode extends CstNode {
  name: "stopsignal";
  children: StopsignalCstChildren;
}

export type StopsignalCstChildren = {
  Stopsignal: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  Rest?: IToken[];
};

export interface MaintainerCstNode extends CstNode {
  name: "maintainer";
  children: MaintainerCstChildren;
}

export type MaintainerCstChildren = {
  Maintainer: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  Rest?: IToken[];
};

export interface ExposeCstNode extends CstNode {
  name: "expose";
  children: ExposeCstChildren;
}

export type ExposeCstChildren = {
  Expose: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  Word?: IToken[];
};

export interface VolumeCstNode extends CstNode {
  name: "volume";
  children: VolumeCstChildren;
}

export type VolumeCstChildren = {
  Volume: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Word?: IToken[];
};

export interface HealthcheckCstNode extends CstNode {
  name: "healthcheck";
  children: HealthcheckCstChildren;
}

export type HealthcheckCstChildren = {
  Healthcheck: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  HealthcheckType?: IToken[];
  execForm?: ExecFormCstNode[];
  MixedArray?: IToken[];
  Rest?: IToken[];
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

export interface UnknownCstNode extends CstNode {
  name: "unknown";
  children: UnknownCstChildren;
}

export type UnknownCstChildren = {
  Unknown: IToken[];
  Flag?: IToken[];
  FlagsEnd?: IToken[];
  Rest?: IToken[];
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

export interface ICstNodeVisitor<IN, OUT> extends ICstVisitor<IN, OUT> {
  file(children: FileCstChildren, param?: IN): OUT;
  line(children: LineCstChildren, param?: IN): OUT;
  instruction(children: InstructionCstChildren, param?: IN): OUT;
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
  healthcheck(children: HealthcheckCstChildren, param?: IN): OUT;
  onbuild(children: OnbuildCstChildren, param?: IN): OUT;
  unknown(children: UnknownCstChildren, param?: IN): OUT;
  execForm(children: ExecFormCstChildren, param?: IN): OUT;
}
