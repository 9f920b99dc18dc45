import { describe, expect, it } from 'vitest';
import {
  commandOfExec,
  commandsOf,
  commandsOfExec,
  invocationsOf,
  invokes,
  parseShell,
  pipedInto,
  type ShellCommand,
  subcommandOf,
  variablesOf,
} from '../src/shell/index.ts';

const commands = (text: string) => commandsOf(parseShell(text, 0));

const names = (text: string) => commands(text).map(({ name }) => name);

/** The first command of the text. */
const command = (text: string): ShellCommand => {
  const [first] = commands(text);
  if (!first) throw new Error(`No command in ${text}`);
  return first;
};

const written = (words: ShellCommand['arguments']) => words.map(({ text, raw }) => text ?? raw);

describe('commandsOf', () => {
  it.each([
    ['a; b && c || d | e & f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['(a; b) && { c; }', ['a', 'b', 'c']],
    ['if a; then b; elif c; then d; else e; fi', ['a', 'b', 'c', 'd', 'e']],
    ['for i in 1; do a; done; while b; do c; done; case $x in y) d;; esac', ['a', 'b', 'c', 'd']],
    ['f() { a; }; f', ['a', 'f']],
    ['a "$(b | c)" `d` > "$(e)"', ['b', 'c', 'd', 'e', 'a']],
    ['X=$(a) b; Y=$(c)', ['a', 'b', 'c', undefined]],
    ['[ -f x ] && [[ -d $(a) ]] && ! b', ['[', 'a', 'b']],
    ['/usr/bin/apt-get update; $CMD x; $VENV/bin/pip install y', ['apt-get', undefined, 'pip']],
    ['cat <<E\n$(a)\nE\nb', ['a', 'cat', 'b']],
  ])('finds all of %j in order', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it('says what connects a command to the one before', () => {
    const connectors = commands('a; b && c || d | e & f\ng && (h; i) && for x in 1; do j; done').map(
      ({ connector }) => connector?.text,
    );
    expect(connectors).toEqual([undefined, ';', '&&', '||', '|', '&', '\n', '&&', ';', '&&']);
    expect(commands('a && b')[1]?.connector).toEqual({ text: '&&', start: 2, end: 4 });
  });

  it.each([
    ['a && b && c; d', ''],
    ['a || b && c', 'b'],
    ['[ -f x ] && a; b', 'a'],
    ['if a; then b; fi; c', 'b'],
    ['command -v a && b', 'b'],
    ['grep -q x y || a', 'a'],
    ['! a && b', 'b'],
    ['for i in 1 2; do a; done; for i in $X; do b; done', 'b'],
    ['f() { a; $(b); }; f', 'a,b'],
  ])('knows in %j what may not run', (text, expected) => {
    const conditional = commands(text).filter((found) => found.conditional && found.name !== undefined);
    expect(conditional.map(({ name }) => name).join()).toBe(expected);
  });

  it('knows whose effect on the shell is lost', () => {
    const lost = commands('cd a; (cd b); X=$(cd c); cd d | cd e; cd f & { cd g; }; sh -c "cd h"; eval "cd i"');
    expect(
      lost.filter(({ isolated, name }) => isolated && name === 'cd').flatMap(({ operands }) => written(operands)),
    ).toEqual(['b', 'c', 'd', 'e', 'f', 'h']);
  });

  it('has the pipeline around a command', () => {
    const [first, ...others] = commands('curl -s x | tee y | { sh; a; } && b');
    expect(first && pipedInto(first).map(({ name }) => name)).toEqual(['tee']);
    expect(others.map(({ segment }) => segment)).toEqual([1, 2, 2, 0]);
    expect(others[0] && pipedInto(others[0]).map(({ name }) => name)).toEqual(['sh', 'a']);
    expect(others.at(-1)?.pipeline).toBeUndefined();
    expect(first?.pipeline).toMatchObject({ start: 0, end: 30 });
  });

  it('has assignments, redirections and the whole of a command', () => {
    const text = 'A=1 sudo B=2 make -j4 all > log 2>&1';
    const found = command(text);
    expect(found.assignments.map(({ name }) => name)).toEqual(['A']);
    expect(found.redirections.map(({ operator, target }) => [operator, target?.text])).toEqual([
      ['>', 'log'],
      ['>&', '1'],
    ]);
    expect(text.slice(found.start, found.end)).toBe('make -j4 all');
    expect(text.slice(found.whole.start, found.whole.end)).toBe(text);
  });
});

describe('arguments', () => {
  it('finds options alone, in clusters and with values', () => {
    const found = command('apt-get -qy -o Dpkg::x=-f --no-install-recommends install a --root=/x -- -z');
    expect(found.has('-y', '--yes', '--assume-yes')).toBe(true);
    expect(found.has('-q')).toBe(true);
    expect(found.has('--no-install-recommends')).toBe(true);
    expect(found.has('--root')).toBe(true);
    expect(found.has('-f')).toBe(false);
    expect(found.has('-z', '-n', '--yes')).toBe(false);
    expect(written(found.operands)).toEqual(['install', 'a', '-z']);
  });

  it('does not look for letters behind one that takes a value, nor in words behind one dash', () => {
    expect(command('curl -ofile url').has('-f')).toBe(false);
    expect(command('curl -fsSLo file url').has('-o')).toBe(true);
    expect(command('find . -type f').has('-t')).toBe(false);
    expect(command('find . -type f').has('-type')).toBe(true);
  });

  it.each([
    ['curl -o file url', 'file', 'file'],
    ['curl -ofile url', 'file', 'file'],
    ['curl -fsSLo file url', 'file', 'file'],
    ['curl --output file url', 'file', 'file'],
    ['curl --output=file url', 'file', 'file'],
    ['curl "--output=file" url', 'file', 'file'],
    ["curl '--output=file' url", 'file', 'file'],
    ['curl -o a -o file url', 'file', 'file'],
    ['curl -o "$F" url', undefined, '"$F"'],
    ['curl --output="$F" url', undefined, '"$F"'],
  ])('finds the value of the option in %s', (text, value, place) => {
    const found = command(text).option('-o', '--output');
    expect(found?.text).toBe(value);
    expect(found && text.slice(found.start, found.end)).toBe(place);
    expect(written(command(text).operands)).toEqual(['url']);
  });

  it('has no value where there is none', () => {
    expect(command('curl -s url').option('-o')).toBeUndefined();
    expect(command('curl -o').option('-o')).toBeUndefined();
    expect(command('make -j4').option('-j')?.text).toBe('4');
  });

  it('takes further options that have a value', () => {
    const found = command('tool -t dir --in x file');
    expect(written(found.operands)).toEqual(['dir', 'x', 'file']);
    expect(written(found.operandsWith('-t', '--in'))).toEqual(['file']);
  });

  it('knows the options of programs under other names, and of sub-commands', () => {
    expect(written(command('pip3.11 install -r a.txt b').operands)).toEqual(['install', 'b']);
    expect(written(command('./mvnw -f x.xml package').operands)).toEqual(['package']);
    expect(command('conda clean -afy').has('-y')).toBe(true);
    expect(command('conda env create -f x.yml').option('-f')?.text).toBe('x.yml');
  });

  it('knows what is invoked', () => {
    const script = parseShell('apt-get -y -o X=y install a && go mod download && apt-get "$X"', 0);
    expect(invokes(script, 'apt-get', 'install')).toBe(true);
    expect(invokes(script, 'go', 'mod', 'download')).toBe(true);
    expect(invokes(script, 'go', 'download')).toBe(false);
    expect(invokes(script, 'apt-get', 'update')).toBe(false);
    expect(invocationsOf(script, 'apt-get').map(subcommandOf)).toEqual(['install', undefined]);
  });
});

describe('wrappers', () => {
  it.each([
    ['sudo -u root env A=1 timeout -k 5 10 nice -n 3 x -y', 'x', 'sudo env timeout nice'],
    ['exec nohup time x', 'x', 'exec nohup time'],
    ['sudo -E -- x', 'x', 'sudo'],
    ['command x', 'x', 'command'],
    ['command -v x', 'command', ''],
    ['xargs -0 -n 1 -I{} x {}', 'x', 'xargs'],
    ['gosu app x', 'x', 'gosu'],
    ['su-exec app:app x', 'x', 'su-exec'],
    ['eatmydata x', 'x', 'eatmydata'],
    ['tini -g -- x', 'x', 'tini'],
    ['python3 -m pip install x', 'pip', 'python3'],
    ['python3 -m http.server', 'python3', ''],
    ['corepack yarn install', 'yarn', 'corepack'],
    ['corepack enable', 'corepack', ''],
    ['sh -c x', 'x', 'sh'],
    ['sudo bash -euxo pipefail -c "x y"', 'x', 'sudo bash'],
    ["su - app -c 'x'", 'x', 'su'],
    ["eval 'x'", 'x', 'eval'],
    ['sh script.sh', 'sh', ''],
    ['sh -c "$X"', undefined, 'sh'],
    ["sh -c 'a'b", 'sh', ''],
    ['exec > log', 'exec', ''],
    ['sudo -l', 'sudo', ''],
  ])('%s', (text, name, wrappers) => {
    const found = command(text);
    expect(found.name).toBe(name);
    expect(found.wrappers.map((wrapper) => wrapper.name).join(' ')).toBe(wrappers);
  });

  it('stay visible with their arguments and place', () => {
    const text = 'sudo -H -u app make all';
    const [wrapper] = command(text).wrappers;
    expect(wrapper && written(wrapper.arguments)).toEqual(['-H', '-u', 'app']);
    expect(wrapper && text.slice(wrapper.start, wrapper.end)).toBe('sudo -H -u app');
  });

  it.each([
    `sh -c 'cd /x && make "$A" \\\n | tee log'`,
    `bash -c "cd /x && make \\"\\$A\\" | tee log"`,
    'bash <<\'E\'\ncd /x && make "$A" | tee log\nE\n',
    'bash <<E\ncd /x && make "\\$A" | tee log\nE\n',
    '/bin/bash -euxo pipefail +h <<\'E\'\ncd /x && make "$A" | tee log\nE\n',
    'sh -es a b <<\'E\'\ncd /x && make "$A" | tee log\nE\n',
  ])('that are shells are entered with exact places: %j', (text) => {
    const found = commands(text);
    expect(found.map(({ name }) => name)).toEqual(['cd', 'make', 'tee']);
    expect(found.map(({ word }) => word && text.slice(word.start, word.end))).toEqual(['cd', 'make', 'tee']);
    expect(found[1]?.connector).toMatchObject({ text: '&&', start: text.indexOf('&&') });
    const [use] = variablesOf(parseShell(text, 0)).uses;
    expect(use && text.slice(use.nameRange.start, use.nameRange.end)).toBe('A');
  });

  it.each(['bash x', 'bash -x x', 'bash -c "$X"', 'sh -o x y', 'bash --rcfile x'])(
    'takes no input of %s for a script',
    (text) => {
      expect(names(`${text} <<E\na\nE\n`)).not.toContain('a');
    },
  );

  it('enters what the outer shell expands, and counts its expansions once', () => {
    const text = 'bash -c "a $X && b `c` $(d)"';
    expect(names(text)).toEqual(['a', 'c', 'd', 'b']);
    expect(variablesOf(parseShell(text, 0)).uses.map(({ name }) => name)).toEqual(['X']);
  });
});

describe('commandOfExec', () => {
  const elementsOf = (json: string) =>
    [...json.matchAll(/"(?:[^"\\]|\\.)*"/g)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      value: String(JSON.parse(match[0])),
    }));

  it('has the shape of a shell command', () => {
    const json = '["/usr/bin/node", "--max-old-space-size=512", "server.js", "--port", "80"]';
    const found = commandOfExec(elementsOf(json));
    expect(found?.name).toBe('node');
    expect(found && written(found.operands)).toEqual(['server.js', '80']);
    const value = found?.option('--max-old-space-size');
    expect(value && json.slice(value.start, value.end)).toBe('512');
    expect(found && json.slice(found.start, found.end)).toBe(json.slice(1, -1));
  });

  it('looks through wrappers and shells', () => {
    expect(commandOfExec(elementsOf('["tini", "--", "gosu", "app", "node", "x.js"]'))?.name).toBe('node');
    const json = '["sh", "-c", "migrate && exec serve --port=80"]';
    const found = commandsOfExec(elementsOf(json));
    expect(found.map(({ name, start, end }) => [name, json.slice(start, end)])).toEqual([
      ['migrate', 'migrate'],
      ['serve', 'serve --port=80'],
    ]);
    expect(commandOfExec(elementsOf(json))?.wrappers.map(({ name }) => name)).toEqual(['sh', 'exec']);
  });

  it('keeps inside an element with JSON escapes', () => {
    const json = '["sh", "-c", "a \\"b\\" && c"]';
    const found = commandsOfExec(elementsOf(json));
    expect(found.map(({ name }) => name)).toEqual(['a', 'c']);
    for (const { start, end } of found) {
      expect(start).toBeGreaterThan(12);
      expect(end).toBeLessThan(json.length);
    }
  });

  it('is nothing for an empty array', () => {
    expect(commandOfExec([])).toBeUndefined();
  });
});
