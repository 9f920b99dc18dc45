import { type CstNode, CstParser, type IToken, type ParserMethod } from 'chevrotain';
import type { FileCstNode } from './cst.d.ts';
import * as t from './tokens.ts';

/**
 * The grammar of spliced text: one line for each instruction. It takes any sequence of tokens that the lexer gives, so
 * it fails at nothing; how many arguments an instruction needs is checked when the tree is made.
 */
export class IechorfileParser extends CstParser {
  constructor(skipValidations: boolean) {
    super([...t.VOCABULARY], { maxLookahead: 1, recoveryEnabled: true, skipValidations, nodeLocationTracking: 'none' });
    this.performSelfAnalysis();
  }

  file = this.RULE('file', () => {
    this.MANY(() => this.SUBRULE(this.line));
  });

  line = this.RULE('line', () => {
    this.OPTION(() => this.SUBRULE(this.instruction));
    this.CONSUME(t.Newline);
  });

  instruction: ParserMethod<[], CstNode> = this.RULE('instruction', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.from) },
      { ALT: () => this.SUBRULE(this.run) },
      { ALT: () => this.SUBRULE(this.cmd) },
      { ALT: () => this.SUBRULE(this.entrypoint) },
      { ALT: () => this.SUBRULE(this.shell) },
      { ALT: () => this.SUBRULE(this.copy) },
      { ALT: () => this.SUBRULE(this.add) },
      { ALT: () => this.SUBRULE(this.env) },
      { ALT: () => this.SUBRULE(this.label) },
      { ALT: () => this.SUBRULE(this.arg) },
      { ALT: () => this.SUBRULE(this.workdir) },
      { ALT: () => this.SUBRULE(this.user) },
      { ALT: () => this.SUBRULE(this.stopsignal) },
      { ALT: () => this.SUBRULE(this.maintainer) },
      { ALT: () => this.SUBRULE(this.expose) },
      { ALT: () => this.SUBRULE(this.volume) },
      { ALT: () => this.SUBRULE(this.healthcheck) },
      { ALT: () => this.SUBRULE(this.onbuild) },
      { ALT: () => this.SUBRULE(this.unknown) },
    ]);
  });

  from = this.RULE('from', () => {
    this.CONSUME(t.From);
    this.flagged();
    this.words();
  });

  run = this.RULE('run', () => {
    this.CONSUME(t.Run);
    this.flagged();
    this.command();
  });

  cmd = this.RULE('cmd', () => {
    this.CONSUME(t.Cmd);
    this.flagged();
    this.command();
  });

  entrypoint = this.RULE('entrypoint', () => {
    this.CONSUME(t.Entrypoint);
    this.flagged();
    this.command();
  });

  shell = this.RULE('shell', () => {
    this.CONSUME(t.Shell);
    this.flagged();
    this.command();
  });

  copy = this.RULE('copy', () => {
    this.CONSUME(t.Copy);
    this.flagged();
    this.paths();
  });

  add = this.RULE('add', () => {
    this.CONSUME(t.Add);
    this.flagged();
    this.paths();
  });

  env = this.RULE('env', () => {
    this.CONSUME(t.Env);
    this.flagged();
    this.pairs();
  });

  label = this.RULE('label', () => {
    this.CONSUME(t.Label);
    this.flagged();
    this.pairs();
  });

  arg = this.RULE('arg', () => {
    this.CONSUME(t.Arg);
    this.flagged();
    this.MANY(() => this.CONSUME(t.QuotedWord));
  });

  workdir = this.RULE('workdir', () => {
    this.CONSUME(t.Workdir);
    this.flagged();
    this.text();
  });

  user = this.RULE('user', () => {
    this.CONSUME(t.User);
    this.flagged();
    this.text();
  });

  stopsignal = this.RULE('stopsignal', () => {
    this.CONSUME(t.Stopsignal);
    this.flagged();
    this.text();
  });

  maintainer = this.RULE('maintainer', () => {
    this.CONSUME(t.Maintainer);
    this.flagged();
    this.text();
  });

  expose = this.RULE('expose', () => {
    this.CONSUME(t.Expose);
    this.flagged();
    this.words();
  });

  volume = this.RULE('volume', () => {
    this.CONSUME(t.Volume);
    this.flagged();
    this.paths();
  });

  healthcheck = this.RULE('healthcheck', () => {
    this.CONSUME(t.Healthcheck);
    this.flagged();
    this.OPTION(() => {
      this.CONSUME(t.HealthcheckType);
      this.command();
    });
  });

  onbuild: ParserMethod<[], CstNode> = this.RULE('onbuild', () => {
    this.CONSUME(t.Onbuild);
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.OnbuildFlag) }, { ALT: () => this.CONSUME(t.OnbuildFlagsEnd) }]);
    });
    this.OPTION(() => this.SUBRULE(this.instruction));
  });

  unknown = this.RULE('unknown', () => {
    this.CONSUME(t.Unknown);
    this.flagged();
    this.text();
  });

  execForm = this.RULE('execForm', () => {
    this.CONSUME(t.LeftBracket);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.CONSUME(t.JsonString) });
    this.CONSUME(t.RightBracket);
  });

  // What several instructions share is written once; the numbers keep the calls of one rule apart.

  private flagged(): void {
    this.MANY1(() => {
      this.OR1([{ ALT: () => this.CONSUME1(t.Flag) }, { ALT: () => this.CONSUME1(t.FlagsEnd) }]);
    });
  }

  private command(): void {
    this.OPTION2(() => {
      this.OR2([
        { ALT: () => this.SUBRULE2(this.execForm) },
        { ALT: () => this.CONSUME2(t.MixedArray) },
        { ALT: () => this.CONSUME2(t.Rest) },
      ]);
    });
  }

  private paths(): void {
    this.OPTION3(() => {
      this.OR3([
        { ALT: () => this.SUBRULE3(this.execForm) },
        { ALT: () => this.CONSUME3(t.MixedArray) },
        { ALT: () => this.AT_LEAST_ONE3(() => this.CONSUME3(t.Word)) },
      ]);
    });
  }

  private words(): void {
    this.MANY4(() => this.CONSUME4(t.Word));
  }

  private text(): void {
    this.OPTION5(() => this.CONSUME5(t.Rest));
  }

  private pairs(): void {
    this.OPTION6(() => {
      this.OR6([
        {
          ALT: () => {
            this.CONSUME6(t.LegacyKey);
            this.OPTION7(() => this.CONSUME6(t.Rest));
          },
        },
        { ALT: () => this.AT_LEAST_ONE6(() => this.CONSUME6(t.QuotedWord)) },
      ]);
    });
  }
}

let parser: IechorfileParser | undefined;

/** The concrete tree of spliced text; undefined only if the grammar itself is broken. */
export const parseTokens = (tokens: IToken[]): FileCstNode => {
  parser ??= new IechorfileParser(true);
  parser.input = tokens;
  return parser.file() as FileCstNode;
};
