import { main } from '../../cli/main.ts';
import type { Rule } from '../../lint/rule.ts';

const EXAMPLE = 'examples/node-web/iEchorfile';
const BLOCK = /(<!-- generated: output of [^\n]*-->\n)[\s\S]*?(<!-- end -->)/;

/** The README with the block of output that its example really gives. */
export const readmeWithOutput = async (readme: string, root: string, rules: readonly Rule[]): Promise<string> => {
  if (!BLOCK.test(readme)) throw new Error('README.md has lost its block of output');
  const output = await outputOf([EXAMPLE], root, rules);
  return readme.replace(
    BLOCK,
    (_, start: string, end: string) => `${start}\`\`\`\n$ iechorlint ${EXAMPLE}\n\n${output}\`\`\`\n${end}`,
  );
};

const outputOf = async (args: readonly string[], cwd: string, rules: readonly Rule[]): Promise<string> => {
  let text = '';
  const output = (write: (data: string | Uint8Array) => void) => ({
    isTerminal: () => false,
    columns: () => undefined,
    write,
    failure: () => undefined,
  });
  const stdout = output((data) => {
    text += typeof data === 'string' ? data : new TextDecoder().decode(data);
  });
  const stderr = output((data) => process.stderr.write(data));
  await main(args, { cwd, env: {}, stdout, stderr, stdin: () => undefined }, rules);
  return text;
};
