/** A shell that may stand behind the name `sh`. */
export type ShProgram = 'dash' | 'busybox' | 'bash';

type Lacking = 'both' | 'dash' | 'none';

const feature = (code: string | undefined, lacking: Lacking) => ({ code, lacking }) as const;

/**
 * What bash has and POSIX does not ask of `sh`: its id in ShellCheck, and which of the usual two do without it. `none`:
 * dash and the ash of busybox have it all the same.
 */
export const BASHISMS = {
  processSubstitution: feature('SC3001', 'dash'),
  extendedGlob: feature('SC3002', 'both'),
  ansiQuote: feature('SC3003', 'dash'),
  localeQuote: feature('SC3004', 'both'),
  arithmeticFor: feature('SC3005', 'both'),
  arithmeticCommand: feature('SC3006', 'both'),
  select: feature('SC3008', 'both'),
  braceExpansion: feature('SC3009', 'both'),
  doubleBracket: feature('SC3010', 'dash'),
  hereString: feature('SC3011', 'both'),
  testOrder: feature('SC3012', 'none'),
  testFiles: feature('SC3013', 'none'),
  testEquals: feature('SC3014', 'dash'),
  testMatch: feature('SC3015', 'both'),
  testIsSet: feature('SC3016', 'both'),
  testExists: feature('SC3017', 'both'),
  increment: feature('SC3018', 'dash'),
  power: feature('SC3019', 'dash'),
  redirectBoth: feature('SC3020', 'dash'),
  appendBoth: feature(undefined, 'both'),
  redirectToFile: feature('SC3021', 'dash'),
  namedDescriptor: feature('SC3022', 'both'),
  largeDescriptor: feature('SC3023', 'dash'),
  appendAssignment: feature('SC3024', 'both'),
  networkFile: feature('SC3025', 'both'),
  caretGlob: feature('SC3026', 'none'),
  specialVariable: feature('SC3028', 'both'),
  pipeBoth: feature('SC3029', 'both'),
  array: feature('SC3030', 'both'),
  coprocess: feature('SC3032', 'both'),
  functionName: feature('SC3033', 'both'),
  functionKeyword: feature('SC2113', 'dash'),
  functionKeywordParentheses: feature('SC2112', 'dash'),
  fileSubstitution: feature('SC3034', 'both'),
  echoOption: feature('SC3037', 'dash'),
  execOption: feature('SC3038', 'dash'),
  let: feature('SC3039', 'dash'),
  setOptionName: feature('SC3040', 'both'),
  setOption: feature('SC3041', 'both'),
  setLongOption: feature('SC3042', 'both'),
  local: feature('SC3043', 'none'),
  builtin: feature('SC3044', 'both'),
  option: feature('SC3045', 'both'),
  source: feature('SC3046', 'dash'),
  errorTrap: feature('SC3047', 'dash'),
  prefixedSignal: feature('SC3048', 'dash'),
  lowerCaseSignal: feature('SC3049', 'none'),
  quotedFormat: feature('SC3050', 'both'),
  numberBase: feature('SC3052', 'dash'),
  indirection: feature('SC3053', 'both'),
  arrayElement: feature('SC3054', 'both'),
  substring: feature('SC3057', 'dash'),
  changedCase: feature('SC3059', 'both'),
  replacement: feature('SC3060', 'dash'),
} as const;

export type BashFeature = keyof typeof BASHISMS;

/** Whether the feature works in that shell. */
export const hasFeature = (shell: ShProgram, feature: BashFeature): boolean => {
  const { lacking } = BASHISMS[feature];
  return shell === 'bash' || lacking === 'none' || (shell === 'busybox' && lacking === 'dash');
};
