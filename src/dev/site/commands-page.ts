import { COMMANDS, type Command, type Flag } from '../../cli/commands.ts';
import { escapeMarkup } from '../../report/markup.ts';
import type { Page } from './page.ts';
import { prose } from './rule-page.ts';

/** All commands with their options, as `--help` has them. */
export const commandsPage = (): Page => ({
  path: 'commands.html',
  title: 'Commands',
  description: 'Every command and every option.',
  body: `<h1>Commands</h1>
<p class="lead">Every command with its options, as <code>--help</code> and the manual page have them.</p>
<p class="chips">${Object.keys(COMMANDS)
    .map((name) => `<a href="#${name}">${name}</a>`)
    .join(' ')}</p>
${Object.entries(COMMANDS)
  .map(([name, command]) => commandHtml(name, command))
  .join('\n')}`,
});

const commandHtml = (name: string, { operands, describe, flags, examples, epilogue }: Command): string =>
  [
    `<h2 id="${name}">iechorlint ${name} <span class="operands">${escapeMarkup(operands)}</span></h2>`,
    `<p>${prose(describe)}.</p>`,
    ...(examples.length > 0 ? [`<pre><code>${examples.map(exampleHtml).join('\n')}</code></pre>`] : []),
    ...(Object.keys(flags).length > 0 ? [flagsHtml(name, flags)] : []),
    ...(epilogue === undefined ? [] : [`<pre><code>${escapeMarkup(epilogue)}</code></pre>`]),
  ].join('\n');

const exampleHtml = ([call, meaning]: readonly [string, string]): string =>
  `${escapeMarkup(call.replaceAll('$0', 'iechorlint'))}  <span class="comment"># ${escapeMarkup(meaning)}</span>`;

const flagsHtml = (command: string, flags: Readonly<Record<string, Flag>>): string =>
  `<dl class="flags">${Object.entries(flags)
    .map(([name, flag]) => `<dt id="${command}-${name}">${headHtml(name, flag)}</dt><dd>${detailsHtml(flag)}</dd>`)
    .join('\n')}</dl>`;

const headHtml = (name: string, { alias, type }: Flag): string =>
  `${alias === undefined ? '' : `<code>-${alias}</code>, `}<code>--${name}${type === 'string' ? ' VALUE' : ''}</code>`;

const detailsHtml = ({ describe, choices, takesFile, defaultDescription }: Flag): string => {
  const named = choices && !takesFile ? ` One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.` : '';
  return prose(`${describe}.${named}${defaultDescription === undefined ? '' : ` Default: \`${defaultDescription}\`.`}`);
};
