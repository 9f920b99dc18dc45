import type { ProvenanceMode } from '../build/attest/provenance.ts';
import type { Scanner } from '../build/attest/scan.ts';
import { ConfigError } from '../config/error.ts';
import { type Given, textsOf } from './given.ts';

/** What is to be attested of an image. */
export interface AttestOptions {
  readonly provenance: { readonly mode: ProvenanceMode; readonly builder: string | undefined } | undefined;
  readonly sbom: { readonly scanner: Scanner | undefined } | undefined;
}

type Fields = ReadonlyMap<string, string>;

/** `--provenance` and `--sbom`, or `--attest type=…` as Docker has it; the last of each counts. Throws ConfigError. */
export const attestOptionsOf = (given: Given): AttestOptions => {
  const attested = textsOf(given, 'attest').map((text) => fieldsOf('attest', text));
  const of = (type: 'provenance' | 'sbom'): Fields | undefined => {
    const text = textsOf(given, type).at(-1);
    return text === undefined ? attested.findLast((each) => each.get('type') === type) : fieldsOf(type, text);
  };
  for (const each of attested)
    if (!['provenance', 'sbom'].includes(each.get('type') ?? ''))
      throw new ConfigError(`--attest has the types provenance and sbom, not \`${each.get('type') ?? ''}\``);
  const [provenance, sbom] = [of('provenance'), of('sbom')];
  rejectOthers('provenance', provenance, ['type', 'disabled', 'mode', 'builder-id', 'version', 'inline-only']);
  if (!sbom?.get('generator')) rejectOthers('sbom', sbom, ['type', 'disabled', 'generator']);
  return {
    provenance: isWanted(provenance) ? { mode: modeOf(provenance), builder: provenance.get('builder-id') } : undefined,
    sbom: isWanted(sbom) ? { scanner: scannerIn(sbom) } : undefined,
  };
};

/** `true` and `false` alone are short for `disabled=false` and `disabled=true`. */
const fieldsOf = (option: string, text: string): Fields =>
  new Map(
    text.split(',').map((field) => {
      if (field === 'true' || field === 'false') return ['disabled', String(field === 'false')] as const;
      const equals = field.indexOf('=');
      if (equals < 1) throw new ConfigError(`--${option} is true, false or fields such as mode=max, not \`${field}\``);
      return [field.slice(0, equals).trim(), field.slice(equals + 1)] as const;
    }),
  );

const isWanted = (fields: Fields | undefined): fields is Fields =>
  fields !== undefined && fields.get('disabled') !== 'true';

/** An image that scans, with what it is told besides; undefined: packages are read here. */
const scannerIn = (fields: Fields): Scanner | undefined => {
  const image = fields.get('generator');
  const parameters = Array.from(fields).filter(([name]) => !['type', 'disabled', 'generator'].includes(name));
  for (const [name] of parameters)
    if (!/^\w+$/.test(name)) throw new ConfigError(`--sbom: \`${name}\` is no name of a parameter for a generator`);
  return image ? { image, parameters: new Map(parameters) } : undefined;
};

const modeOf = (fields: Fields): ProvenanceMode => {
  const version = fields.get('version') ?? 'v1';
  if (version !== 'v1') throw new ConfigError(`--provenance is written in version v1 of SLSA, not \`${version}\``);
  const mode = fields.get('mode') ?? 'min';
  if (mode === 'min' || mode === 'max') return mode;
  throw new ConfigError(`--provenance: mode is min or max, not \`${mode}\``);
};

const rejectOthers = (option: string, fields: Fields | undefined, allowed: readonly string[]): void => {
  const other = Array.from(fields?.keys() ?? []).find((name) => !allowed.includes(name));
  if (other !== undefined) throw new ConfigError(`--${option} has no \`${other}\``);
};
