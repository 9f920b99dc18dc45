import { type CstNode, CstParser, type IToken, type ParserMethod } from 'chevrotain';
import type { FileCstNode } from './cst.d.ts';
import { firstTokenLookahead } from './lookahead.ts';
import { prepare } from './prepared.ts';
import * as t from './tokens.ts';

/**
 * The grammar of spliced text: one line for each instruction. It takes any sequence of tokens that the lexer gives, so
 * it fails at nothing; how many arguments an instruction needs is checked when the tree is made.
 */
export class IechorfileParser extends CstParser {
  /** With `skipValidations` our own lookahead decides; prepared, it is taken as it was written down. */
  constructor(skipValidations: boolean, isPrepared = skipValidations) {
    super([...t.VOCABULARY], {
      maxLookahead: 1,
      recoveryEnabled: false,
      nodeLocationTracking: 'none',
      skipValidations,
      ...(skipValidations ? { lookaheadStrategy: firstTokenLookahead() } : {}),
    });
    if (!isPrepared || !prepare(this, t.VOCABULARY)) this.performSelfAnalysis();
  }

  file = this.RULE('file', () => {
    this.MANY(() => this.SUBRULE(this.line));
  });

  private readonly lineEnds = [{ ALT: () => this.CONSUME(t.Newline) }, { ALT: () => this.CONSUME(t.EndOfLine) }];

  line = this.RULE('line', () => {
    this.OPTION(() => this.SUBRULE(this.instruction));
    this.OR(this.lineEnds);
  });

  // Alternatives stand outside their rules: inside, they would be made anew for each line.

  private readonly instructions = [
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
  ];

  instruction: ParserMethod<[], CstNode> = this.RULE('instruction', () => {
    this.OR(this.instructions);
  });

  // What several instructions share. Class fields are set in order, so these come before the rules that use them.

  private readonly flagOrEnd = [{ ALT: () => this.CONSUME(t.Flag) }, { ALT: () => this.CONSUME(t.FlagsEnd) }];

  flags = this.RULE('flags', () => {
    this.MANY(() => this.OR(this.flagOrEnd));
  });

  execForm = this.RULE('execForm', () => {
    this.CONSUME(t.LeftBracket);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.CONSUME(t.JsonString) });
    this.CONSUME(t.RightBracket);
  });

  private readonly commands = [
    { ALT: () => this.SUBRULE(this.execForm) },
    { ALT: () => this.CONSUME(t.MixedArray) },
    { ALT: () => this.CONSUME(t.Rest) },
  ];

  command = this.RULE('command', () => {
    this.OPTION(() => this.OR(this.commands));
  });

  private readonly listsOfPaths = [
    { ALT: () => this.SUBRULE(this.execForm) },
    { ALT: () => this.CONSUME(t.MixedArray) },
    { ALT: () => this.AT_LEAST_ONE(() => this.CONSUME(t.Word)) },
  ];

  paths = this.RULE('paths', () => {
    this.OPTION(() => this.OR(this.listsOfPaths));
  });

  words = this.RULE('words', () => {
    this.MANY(() => this.CONSUME(t.Word));
  });

  text = this.RULE('text', () => {
    this.OPTION(() => this.CONSUME(t.Rest));
  });

  private readonly listsOfPairs = [
    {
      ALT: () => {
        this.CONSUME(t.LegacyKey);
        this.OPTION1(() => this.CONSUME(t.Rest));
      },
    },
    { ALT: () => this.AT_LEAST_ONE(() => this.CONSUME(t.QuotedWord)) },
  ];

  pairs = this.RULE('pairs', () => {
    this.OPTION(() => this.OR(this.listsOfPairs));
  });

  declarations = this.RULE('declarations', () => {
    this.MANY(() => this.CONSUME(t.QuotedWord));
  });

  from = this.RULE('from', () => {
    this.CONSUME(t.From);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.words);
  });

  run = this.RULE('run', () => {
    this.CONSUME(t.Run);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.command);
  });

  cmd = this.RULE('cmd', () => {
    this.CONSUME(t.Cmd);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.command);
  });

  entrypoint = this.RULE('entrypoint', () => {
    this.CONSUME(t.Entrypoint);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.command);
  });

  shell = this.RULE('shell', () => {
    this.CONSUME(t.Shell);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.command);
  });

  copy = this.RULE('copy', () => {
    this.CONSUME(t.Copy);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.paths);
  });

  add = this.RULE('add', () => {
    this.CONSUME(t.Add);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.paths);
  });

  env = this.RULE('env', () => {
    this.CONSUME(t.Env);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.pairs);
  });

  label = this.RULE('label', () => {
    this.CONSUME(t.Label);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.pairs);
  });

  arg = this.RULE('arg', () => {
    this.CONSUME(t.Arg);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.declarations);
  });

  workdir = this.RULE('workdir', () => {
    this.CONSUME(t.Workdir);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.text);
  });

  user = this.RULE('user', () => {
    this.CONSUME(t.User);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.text);
  });

  stopsignal = this.RULE('stopsignal', () => {
    this.CONSUME(t.Stopsignal);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.text);
  });

  maintainer = this.RULE('maintainer', () => {
    this.CONSUME(t.Maintainer);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.text);
  });

  expose = this.RULE('expose', () => {
    this.CONSUME(t.Expose);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.words);
  });

  volume = this.RULE('volume', () => {
    this.CONSUME(t.Volume);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.paths);
  });

  unknown = this.RULE('unknown', () => {
    this.CONSUME(t.Unknown);
    this.SUBRULE(this.flags);
    this.SUBRULE(this.text);
  });

  healthcheck = this.RULE('healthcheck', () => {
    this.CONSUME(t.Healthcheck);
    this.SUBRULE(this.flags);
    this.OPTION(() => {
      this.CONSUME(t.HealthcheckType);
      this.SUBRULE(this.command);
    });
  });

  onbuild: ParserMethod<[], CstNode> = this.RULE('onbuild', () => {
    this.CONSUME(t.Onbuild);
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.OnbuildFlag) }, { ALT: () => this.CONSUME(t.OnbuildFlagsEnd) }]);
    });
    this.OPTION(() => this.SUBRULE(this.instruction));
  });
}

let parser: IechorfileParser | undefined;

/** The concrete tree of spliced text; undefined only if the grammar itself is broken. */
export const parseTokens = (tokens: IToken[]): FileCstNode => {
  parser ??= new IechorfileParser(true);
  parser.input = tokens;
  return parser.file() as FileCstNode;
};
