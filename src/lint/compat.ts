import type { Severity } from './diagnostic.ts';
import type { Compat } from './rule.ts';

/** BuildKit's checks; each is a warning there. */
export const BUILDKIT_CHECKS: readonly string[] = [
  'StageNameCasing',
  'FromAsCasing',
  'NoEmptyContinuation',
  'ConsistentInstructionCasing',
  'DuplicateStageName',
  'ReservedStageName',
  'JSONArgsRecommended',
  'MaintainerDeprecated',
  'UndefinedArgInFrom',
  'WorkdirRelativePath',
  'UndefinedVar',
  'MultipleInstructionsDisallowed',
  'LegacyKeyValueFormat',
  'InvalidBaseImagePlatform',
  'RedundantTargetPlatform',
  'SecretsUsedInArgOrEnv',
  'InvalidDefaultArgInFrom',
  'FromPlatformFlagConstDisallowed',
  'CopyIgnoredFile',
  'InvalidDefinitionDescription',
  'ExposeProtoCasing',
  'ExposeInvalidFormat',
];

/** Whether the id is one of that tool's. */
export const isCodeOf = (tool: Compat, code: string): boolean =>
  tool === 'buildkit' ? BUILDKIT_CHECKS.includes(code) : /^(?:DL|SC)\d+$/.test(code);

/** Whether the tool checks it without being asked to. */
export const isOnIn = (tool: Compat, code: string): boolean =>
  isCodeOf(tool, code) && code !== 'DL1001' && code !== 'DL3057';

/** The tool whose id it is. */
export const toolOf = (code: string): Compat | undefined => {
  if (isCodeOf('hadolint', code)) return 'hadolint';
  return isCodeOf('buildkit', code) ? 'buildkit' : undefined;
};

/** How loud the tool is about it; undefined where that is not known. */
export const severityIn = (tool: Compat, code: string): Severity | undefined =>
  tool === 'buildkit' ? 'warning' : (HADOLINT_SEVERITY.get(code) ?? (/^SC3\d{3}$/.test(code) ? 'warning' : undefined));

const codes = (severity: Severity, list: string): readonly (readonly [string, Severity])[] =>
  list.split(' ').map((code) => [code, severity] as const);

const HADOLINT_SEVERITY: ReadonlyMap<string, Severity> = new Map([
  ...codes(
    'warning',
    'DL3002 DL3003 DL3006 DL3007 DL3008 DL3013 DL3014 DL3016 DL3018 DL3022 DL3025 DL3027 DL3028 DL3029 ' +
      'DL3030 DL3032 DL3033 DL3034 DL3035 DL3036 DL3037 DL3038 DL3040 DL3041 DL3042 DL3045 DL3046 DL3051 ' +
      'DL3052 DL3053 DL3054 DL3055 DL3056 DL3058 DL3062 DL3064 DL3065 DL3067 DL4001 DL4003 DL4005 DL4006 ' +
      'SC1007 SC1012 SC1083 SC2010 SC2011 SC2024 SC2034 SC2038 SC2043 SC2046 SC2061 SC2069 SC2115 SC2140 ' +
      'SC2154 SC2155 SC2164 SC2166 SC2174 SC2211 SC2226 SC2288 SC2112 SC2113',
  ),
  ...codes(
    'info',
    'DL3001 DL3009 DL3010 DL3015 DL3019 DL3047 DL3049 DL3050 DL3059 DL3060 DL3066 SC1001 SC1003 SC2012 ' +
      'SC2013 SC2016 SC2026 SC2028 SC2035 SC2059 SC2086 SC2094 SC2102 SC2153 SC2196 SC2251 SC2267 SC2308',
  ),
  ...codes(
    'error',
    'DL3000 DL3004 DL3011 DL3012 DL3020 DL3021 DL3023 DL3024 DL3026 DL3043 DL3044 DL3061 DL4000 DL4004 ' +
      'SC1033 SC1036 SC1065 SC1070 SC1072 SC1073 SC1088 SC1089 SC1133 SC1141 SC2283',
  ),
  ...codes('style', 'DL3048 SC2005 SC2006 SC2116 SC2143 SC2181 SC2268'),
]);
