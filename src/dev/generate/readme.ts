import { main } from '../../cli/main.ts';
import type { Rule } from '../../lint/rule.ts';

const BLOCK = /(<!-- generated: output of `iechorlint ([^`]+)` -->\n)[\s\S]*?(<!-- end -->)/g;

/** The README with every block of output that its command really gives. */
export const readmeWithOutput = async (readme: string, root: string, rules: readonly Rule[]): Promise<string> => {
  let text = '';
  let at = 0;
  for (const { 0: block, 1: start, 2: command = '', 3: end, index } of readme.matchAll(BLOCK)) {
    const output = await outputOf(command.split(' '), root, rules);
    text += `${readme.slice(at, index)}${start}\`\`\`${languageOf(command)}\n$ iechorlint ${command}\n\n${output}\`\`\`\n${end}`;
    at = index + block.length;
  }
  if (at === 0) throw new Error('README.md has lost its blocks of output');
  return text + readme.slice(at);
};

const languageOf = (command: string): string => (command.includes('--diff') ? 'diff' : '');

/** What a person sees of both outputs. */
const outputOf = async (args: readonly string[], cwd: string, rules: readonly Rule[]): Promise<string> => {
  let text = '';
  const output = {
    isTerminal: () => false,
    columns: () => undefined,
    rows: () => undefined,
    write: (data: string | Uint8Array) => {
      text += typeof data === 'string' ? data : new TextDecoder().decode(data);
    },
    failure: () => undefined,
  };
  await main(
    args,
    { cwd, env: {}, stdout: output, stderr: output, stdin: () => undefined, isInteractive: () => false },
    rules,
  );
  return text;
};
