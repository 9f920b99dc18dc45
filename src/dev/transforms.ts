import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'rolldown';
import { gatherYields } from './eager-yields.ts';
import { indexLoops } from './indexed-loops.ts';
import { stripRule } from './strip-rules.ts';

/**
 * Chevrotain fills a table of 65,536 entries when a lexer is made, which is a tenth of our start; what stands in it is
 * quicker computed than looked up for the few characters beyond Latin-1.
 */
export const withoutCharacterTable: Plugin = {
  name: 'without-character-table',
  transform(code, id) {
    if (!id.endsWith('chevrotain/lib/src/scan/lexer.js')) return undefined;
    const computed = code
      .replace(': charCodeToOptimizedIdxMap[charCode];', ': charCode > 255 ? 255 + ~~(charCode / 255) : charCode;')
      .replace('charCodeToOptimizedIdxMap = new Array(65536);', 'return;');
    if (!computed.includes('~~(charCode / 255)') || !computed.includes('return;'))
      throw new Error(`${id} is not as expected`);
    return computed;
  },
};

/**
 * Chevrotain copies some 200 methods to the prototype of its parser, for 2 ms. No two of them have one name, so that the
 * prototypes may as well stand behind one another.
 */
export const chainedMixins: Plugin = {
  name: 'chained-mixins',
  transform(code, id) {
    if (!id.endsWith('chevrotain/lib/src/parse/parser/utils/apply_mixins.js')) return undefined;
    const [signature] = /export function applyMixins\(derivedCtor, baseCtors\)/.exec(code) ?? [];
    if (!signature) throw new Error(`${id} is not as expected`);
    return `${signature} {
      const chain = (above, { prototype }) => Object.setPrototypeOf(prototype, above);
      Object.setPrototypeOf(derivedCtor.prototype, baseCtors.reduce(chain, Object.prototype));
    }`;
  },
};

/** A plugin is imported by the launcher, for the bundle is run as scripts, which cannot. */
export const importsByLauncher: Plugin = {
  name: 'imports-by-launcher',
  transform(code, id) {
    if (!id.replaceAll('\\', '/').endsWith('/src/config/plugins.ts')) return undefined;
    const changed = code.replace('await import(', 'await require.esm(');
    if (changed === code) throw new Error(`${id} imports nothing by a computed name`);
    return changed;
  },
};

/**
 * What measures the width of help texts makes a segmenter and patterns of Unicode when it is loaded, for 25 ms, and
 * needs neither for ASCII, which nearly all is that it measures.
 */
export const lateSegmenters: Plugin = {
  name: 'late-segmenters',
  transform(code, id) {
    if (!id.replaceAll('\\', '/').endsWith('/string-width/index.js')) return undefined;
    const constants = [...code.matchAll(/^const (\w+) = (new Intl\.Segmenter\(\)|\/.*\\p\{.*\/[a-z]+);$/gm)];
    let late = code;
    for (const [declaration, name = '', value = ''] of constants) {
      late = late.replace(declaration, '').replace(new RegExp(`\\b${name}\\b`, 'g'), `late_${name}()`);
      late += `\nlet known_${name};\nfunction late_${name}() { return (known_${name} ??= ${value}); }\n`;
    }
    late = late.replace(
      /(export default function stringWidth\((\w+), .*\{\n)/,
      '$1if (/^[ -~]*$/.test($2)) return $2.length;\n',
    );
    if (constants.length === 0 || !late.includes('[ -~]')) throw new Error(`${id} is not as expected`);
    return late;
  },
};

const WHOLE = '?whole';

/** Rules are bundled without their examples and generators; what imports `whole-rules.ts` gets them whole, in a chunk of its own. */
export const leanRules: Plugin = {
  name: 'lean-rules',
  resolveId(source, importer) {
    if (!importer || !/^\.\.?\//.test(source)) return undefined;
    const isWhole = importer.endsWith(WHOLE) || importer.endsWith('/whole-rules.ts');
    return isWhole ? `${resolve(dirname(importer), source)}${WHOLE}` : undefined;
  },
  load(id) {
    if (!id.endsWith(WHOLE)) return undefined;
    return { code: readFileSync(id.slice(0, -WHOLE.length), 'utf8'), moduleType: 'ts' };
  },
  transform(code, id) {
    if (!/\/rules\/[^/]+\/[^/?]+\.ts$/.test(id.replaceAll('\\', '/'))) return undefined;
    return gatherYields(stripRule(code, id), id);
  },
};

/** What a lint runs for each file. */
const OF_EACH_FILE =
  /\/(?:rules|grammar|src\/(?:ast|lint|model|report|shell|source))\/|\/src\/dev\/lodash\.ts$|\/node_modules\/(?:chevrotain|unbash)\//;

/** Loops over lists use indices where they run for each file. */
export const indexedLoops: Plugin = {
  name: 'indexed-loops',
  transform(code, id) {
    const path = id.replaceAll('\\', '/').replace(WHOLE, '');
    return OF_EACH_FILE.test(path) ? indexLoops(code, path) : undefined;
  },
};
