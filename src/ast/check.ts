import { entryOf } from '../source/entry.ts';
import { nearest } from '../source/nearest.ts';
import { readDuration } from './duration.ts';
import { flagValue } from './flag-value.ts';
import { FLAGS, type FlagSpec } from './flags.ts';
import { addProblem, type Line } from './line.ts';
import { readFields } from './mount.ts';
import type { Add, Copy, Flag, From, Healthcheck, Instruction, Onbuild, Run, Volume } from './nodes.ts';

/** What BuildKit checks when it reads an instruction, beyond the number of its arguments. A trigger is not checked. */
export const checkInstruction = (line: Line, node: Instruction): void => {
  if (node.kind === 'Onbuild') checkOnbuild(line, node);
  if (line.trigger) return;
  if (node.kind === 'From') checkStageName(line, node);
  if (node.kind === 'Copy' || node.kind === 'Add') checkDestination(line, node);
  checkFlags(line, node);
  if (node.kind === 'Run') checkRun(line, node);
  if (node.kind === 'Healthcheck') checkHealthcheck(line, node);
  if (node.kind === 'Volume') checkVolume(line, node);
};

const checkStageName = (line: Line, { name }: From): void => {
  if (!name || /^[a-z][a-z0-9-_.]*$/.test(name.text.toLowerCase())) return;
  addProblem(
    line,
    name,
    `invalid name for build stage: "${name.text}", name can't start with a number or contain symbols`,
    {
      help: 'Start it with a letter; then letters, digits, `-`, `_` and `.` may follow.',
    },
  );
};

const checkDestination = (line: Line, { keyword, destination, json, heredocs }: Copy | Add): void => {
  if (json || !heredocs.some(({ opener }) => opener.start === destination.start && opener.end === destination.end))
    return;
  addProblem(line, destination, `${keyword.text.toUpperCase()} cannot accept a heredoc as a destination`, {
    help: 'Name the target last: `COPY <<EOF /path`.',
  });
};

const checkFlags = (line: Line, node: Instruction): void => {
  if (node.kind === 'Invalid' || node.kind === 'Arg' || node.kind === 'Stopsignal') return;
  if (node.kind === 'Healthcheck' && node.command === undefined) return;
  const specs = FLAGS[node.kind] ?? {};
  const seen = new Set<string>();
  for (const flag of node.flags) {
    checkFlag(line, flag, specs, seen.has(flag.name.text));
    seen.add(flag.name.text);
  }
};

const checkFlag = (line: Line, flag: Flag, specs: Readonly<Record<string, FlagSpec>>, seen: boolean): void => {
  const name = flag.name.text;
  const spec = entryOf(specs, name);
  const value = flagValue(flag);
  if (!spec) return addUnknownFlag(line, flag, Object.keys(specs));
  if (seen && spec !== 'list')
    return addProblem(line, flag, `duplicate flag specified: --${name}`, { help: 'Keep one of them.' });
  if (spec === 'bool' ? value === '' : value === undefined) {
    return addProblem(line, flag, `missing a value on flag: --${name}`, {
      help: spec === 'bool' ? `Write \`--${name}\`.` : `Write \`--${name}=value\`.`,
    });
  }
  if (spec !== 'bool' || value === undefined || /^(?:true|false)$/i.test(value)) return;
  addProblem(line, flag, `expecting boolean value for flag --${name}, not: ${value}`, {
    help: `Write \`--${name}\` or leave it out.`,
  });
};

const addUnknownFlag = (line: Line, flag: Flag, known: readonly string[]): void => {
  const name = flag.name.text;
  const near = nearest(name, known);
  const accepted = known.length
    ? `It takes ${known.map((flagName) => `\`--${flagName}\``).join(', ')}.`
    : 'It takes no flags.';
  addProblem(line, flag, `unknown flag: --${name}${near ? ` (did you mean ${near}?)` : ''}`, {
    help: near ? `Write \`--${near}\`.` : accepted,
    ...(near ? { suggestion: { range: { start: flag.name.start, end: flag.name.end }, text: near } } : {}),
  });
};

const checkRun = (line: Line, { flags }: Run): void => {
  for (const flag of flags) {
    const name = flag.name.text;
    const value = flagValue(flag);
    if (value === undefined) continue;
    if (name === 'network' && !['default', 'none', 'host'].includes(value)) {
      addProblem(line, flag, `unsupported network mode "${value}"`, { help: 'Write `default`, `none` or `host`.' });
    }
    if (name === 'security' && !['sandbox', 'insecure'].includes(value)) {
      addProblem(line, flag, `security "${value}" is not valid`, { help: 'Write `sandbox` or `insecure`.' });
    }
    if (name === 'mount' || name === 'device') checkFields(line, flag, value);
  }
};

const checkFields = (line: Line, flag: Flag, value: string): void => {
  const fields = readFields(value);
  if (typeof fields === 'string') {
    return addProblem(line, flag, `failed to parse CSV ${flag.name.text}s: ${fields}`, {
      help: 'Write `key=value` pairs with commas between them.',
    });
  }
  if (flag.name.text !== 'mount') return;
  for (const field of fields) {
    if (field.key !== 'from' || !/\$./.test(field.value ?? '')) continue;
    addProblem(line, flag, "'from' doesn't support variable expansion, define alias stage instead", {
      help: 'Name a stage: `FROM $IMAGE AS tools`, then `from=tools`.',
    });
  }
};

const checkHealthcheck = (line: Line, node: Healthcheck): void => {
  const type = node.type.text.toUpperCase();
  if (type === 'NONE') {
    if (node.command)
      addProblem(line, node.command, 'HEALTHCHECK NONE takes no arguments', { help: 'Delete what follows NONE.' });
    return;
  }
  if (type !== 'CMD') {
    return addProblem(line, node.type, `Unknown type "${type}" in HEALTHCHECK (try CMD)`, {
      help: 'Write `HEALTHCHECK CMD command`.',
    });
  }
  if (node.arguments.slice(1).every((value) => value === '')) {
    addProblem(line, node.type, 'Missing command after HEALTHCHECK CMD', {
      help: 'Write the command that checks the service.',
    });
  }
  for (const flag of node.flags) checkHealthcheckFlag(line, flag);
};

const checkHealthcheckFlag = (line: Line, flag: Flag): void => {
  const name = flag.name.text;
  const value = flagValue(flag);
  if (!value) return;
  if (name === 'retries') {
    if (/^\+?\d+$/.test(value) && Number(value) <= 2 ** 31 - 1) return;
    return addProblem(line, flag, `--retries must be a number that is not negative, not "${value}"`, {
      help: 'Write `--retries=3`.',
    });
  }
  if (!['interval', 'timeout', 'start-period', 'start-interval'].includes(name)) return;
  const nanoseconds = readDuration(value);
  if (nanoseconds === undefined) {
    addProblem(line, flag, `time: invalid duration "${value}"`, {
      help: 'Write a number with its unit, such as `30s` or `1m30s`.',
    });
  } else if (nanoseconds !== 0 && nanoseconds < 1e6) {
    addProblem(line, flag, `Interval "${name}" cannot be less than 1ms`, {
      help: 'Write `0` for the default or at least `1ms`.',
    });
  }
};

const checkVolume = (line: Line, { paths }: Volume): void => {
  for (const path of paths) {
    if (path.raw.trim() === '')
      addProblem(line, path, 'VOLUME specified can not be an empty string', { help: 'Name a path.' });
  }
};

const checkOnbuild = (line: Line, { trigger }: Onbuild): void => {
  const word = trigger.keyword.text.toUpperCase();
  if (word === 'ONBUILD') {
    addProblem(line, trigger.keyword, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", {
      help: 'Write ONBUILD once.',
    });
  } else if (word === 'FROM' || word === 'MAINTAINER') {
    addProblem(line, trigger.keyword, `${word} isn't allowed as an ONBUILD trigger`, {
      help: 'Use another instruction as trigger.',
    });
  }
};
