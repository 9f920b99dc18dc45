import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { corpusFiles } from '../src/dev/corpus-files.ts';
import { modelOf } from '../src/model/index.ts';
import { commandsOf, maskShell, parseShell, type Script, setOptions, variablesOf } from '../src/shell/index.ts';
import type { Range } from '../src/source/range.ts';

const isRange = (value: object): value is Range => 'start' in value && 'end' in value;

/** Nodes that reach beyond their parent, or stand before the sibling that comes first. Heredoc bodies stand apart. */
const misplaced = (value: unknown, within: Range, path = 'script'): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = isRange(value) ? value : within;
  const found: string[] = [];
  if (own.start > own.end || own.start < within.start || own.end > within.end) found.push(path);
  let last = own.start;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'problems' || key === 'terminator' || key === 'body') continue;
    found.push(...misplaced(child, own, `${path}.${key}`));
    if (!Array.isArray(value) || typeof child !== 'object' || child === null || !isRange(child)) continue;
    if (child.start < last) found.push(`${path}.${key} is out of order`);
    last = child.end;
  }
  return found;
};

/** Asks everything of a script that can be asked. */
const readAll = (script: Script): readonly Range[] => {
  const commands = commandsOf(script);
  for (const command of commands) {
    command.has('-y', '--yes');
    command.option('--root');
    command.operandsWith('-x');
  }
  setOptions(script);
  const { uses, assigned } = variablesOf(script);
  return [...commands, ...commands.map(({ whole }) => whole), ...uses, ...assigned, ...script.problems];
};

const outside = (ranges: readonly Range[], { start, end }: Range): readonly Range[] =>
  ranges.filter((range) => range.start < start || range.end > end || range.start > range.end);

describe('the shell parser', () => {
  const pieces = fc.constantFrom(
    ...[
      '$(',
      ')',
      '`',
      '"',
      "'",
      '\\',
      '\n',
      '\\\n',
      '${',
      '}',
      '((',
      '))',
      '[[',
      ']]',
      '{ ',
      '; ',
      ' && ',
      ' || ',
      ' | ',
    ],
    ...[
      '<<E',
      '\nE\n',
      'if ',
      'then ',
      'fi ',
      'for i in ',
      'do ',
      'done ',
      'case ',
      'in ',
      'esac ',
      ';;',
      '>',
      '&',
      '#',
      '=',
      '\uFFFF',
    ],
    ...[
      'a',
      ' ',
      '-c',
      'sh ',
      'sudo ',
      'eval ',
      '$x',
      '*',
      '😀',
      '$((',
      'f() ',
      'time ',
      '! ',
      '<(',
      "$'",
      'x=(',
      '\r',
    ],
  );
  const texts = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));

  it('reads anything without throwing, and keeps inside it', () => {
    fc.assert(
      fc.property(texts, fc.nat(1000), (text, offset) => {
        const script = parseShell(text, offset);
        expect({ start: script.start, end: script.end }).toEqual({ start: offset, end: offset + text.length });
        expect(outside(readAll(script), script)).toEqual([]);
        if (script.problems.length === 0) expect(misplaced(script.statements, script)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    '$(',
    '"$(',
    '(',
    '`',
    '{ ',
    'if a; then ',
    '${a:-',
    '$((',
    'f() ',
    'coproc ',
    '<(',
    '! ',
    'sh -c "',
    'a | ',
    '((1+',
  ])('reads any number of %j', { timeout: 60_000 }, (piece) => {
    const script = parseShell(piece.repeat(20_000), 0);
    expect(outside(readAll(script), script)).toEqual([]);
  });

  it('reads any length', { timeout: 60_000 }, () => {
    const run = 'apt-get update && \\\n  # why\n  apt-get install -y a "b$C" \\\r\n  && '.repeat(20_000);
    const masked = maskShell(run, { start: 0, end: run.length }, [], '\\');
    expect(readAll(parseShell(masked, 0)).length).toBeGreaterThan(0);
  });
});

const files = corpusFiles('dev');
if (files.length === 0) console.warn('SKIPPED: shell corpus tests, there is no ../shared/corpus');

describe.skipIf(files.length === 0)('the shell text of real files', () => {
  const scripts = files.flatMap((path) => {
    const file = parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
    const model = modelOf(file);
    return file.instructions.flatMap((node) => {
      const script = model.scriptOf(node);
      return script ? [{ path, text: file.text, script }] : [];
    });
  });

  it('is there', () => {
    expect(scripts.length).toBeGreaterThan(17_000);
  });

  it('has few mistakes', () => {
    const wrong = scripts.filter(({ script }) => script.problems.length > 0);
    expect(wrong.length).toBeLessThan(scripts.length / 500);
  });

  it('is read with places that hold, in order', () => {
    const wrong = scripts.filter(
      ({ script }) =>
        outside(readAll(script), script).length > 0 ||
        (script.problems.length === 0 && misplaced(script.statements, script).length > 0),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('has its commands where they stand', () => {
    const wrong = scripts.flatMap(({ script, text }) =>
      commandsOf(script)
        .map(({ word }) => word)
        .filter((word) => word && /^[\w./-]+$/.test(word.raw) && text.slice(word.start, word.end) !== word.raw)
        .filter((word) => word && !/[\\`][ \t]*\r?\n/.test(text.slice(word.start, word.end))),
    );
    expect(wrong).toEqual([]);
  });
});
