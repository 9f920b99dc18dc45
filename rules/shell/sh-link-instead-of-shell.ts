import { defineRule, type Edit, inCaseOf, type Model, type Run, replace, type ShellCommand, subcommandOf } from '#lint';

export default defineRule({
  name: 'sh-link-instead-of-shell',
  codes: ['DL4005'],
  category: 'shell',
  summary: '`/bin/sh` is linked to another shell',
  why: `All programs of the image that call \`sh\` get another shell, and an update of the package brings the old one back. SHELL changes the
    shell of the instructions alone.`,
  severity: 'warning',
  when: { programs: ['ln'] },
  fix: { safety: 'unsafe', note: 'Scripts of the image that rely on the link get the old shell again.' },
  examples: [
    {
      bad: 'FROM ubuntu:24.04\nRUN ln -sf /bin/bash /bin/sh\n',
      good: 'FROM ubuntu:24.04\nSHELL ["/bin/bash", "-c"]\n',
    },
    {
      title: 'Deleted before',
      bad: 'FROM ubuntu:24.04\nRUN rm /bin/sh && ln -s /bin/bash /bin/sh\nRUN source ~/.profile\n',
      good: 'FROM ubuntu:24.04\nSHELL ["/bin/bash", "-c"]\nRUN source ~/.profile\n',
    },
    {
      title: 'Among others',
      bad: 'FROM ubuntu:24.04\nRUN apt-get update && ln -snf bash /bin/sh && apt-get install -y git\n',
    },
    { title: 'Another link', good: 'FROM ubuntu:24.04\nRUN ln -sf /bin/true /sbin/initctl && ls /bin/sh\n' },
    { title: 'Where there was none', good: 'FROM gcr.io/distroless/base:debug\nRUN ln -s /busybox/sh /bin/sh\n' },
    { title: 'A link to it', good: 'FROM ubuntu:24.04\nRUN ln -s /bin/sh /usr/local/bin/shell\n' },
    { title: 'A link to it', as: 'hadolint', bad: 'FROM ubuntu:24.04\nRUN ln -s /bin/sh /usr/local/bin/shell\n' },
  ],
  check({ model }) {
    return {
      *Run(node) {
        const links = model.commandsOf(node).filter(({ name }) => name === 'ln');
        for (const command of links) {
          const [target, link] = command.operands;
          if (!target || !link || command.operands.length !== 2 || !isSh(link.text) || !SHELLS.test(target.text ?? ''))
            continue;
          yield {
            at: command,
            anchors: { hadolint: node },
            message: `\`/bin/sh\` becomes \`${target.raw}\` for all programs of the image`,
            help: `Write \`${shellFor(target.text)}\` instead: it holds for the instructions below it.`,
            fix: fixOf(model, node, command),
          };
          return;
        }
        if (links.some(({ arguments: words }) => words.some(({ text }) => text === '/bin/sh'))) {
          yield {
            at: node,
            only: 'hadolint',
            message: 'A link is made of or to `/bin/sh`',
            help: 'Set the shell with SHELL.',
          };
        }
      },
    };
  },
});

const isSh = (path: string | undefined): boolean => path === '/bin/sh' || path === '/usr/bin/sh';

const shellFor = (target = '/bin/bash'): string =>
  `SHELL ["${target.startsWith('/') ? target : `/bin/${target}`}", "-c"]`;

const SHELLS = /^(?:\/(?:usr\/)?bin\/)?(?:bash|zsh|ksh|mksh|dash|ash)$/;

/** Where the RUN does nothing else. */
const fixOf = (model: Model, node: Run, link: ShellCommand): { title: string; edits: readonly Edit[] } | undefined => {
  const target = link.operands[0]?.text;
  if (!target) return undefined;
  const others = model.commandsOf(node).filter((command) => command !== link);
  const isAlone = others.every(
    (command) => /^(?:rm|unlink|mv)$/.test(command.name ?? '') && isSh(subcommandOf(command)),
  );
  if (!isAlone || node.flags.length > 0 || node.lines.first !== node.lines.last) return undefined;
  return { title: 'Set the shell with SHELL', edits: [replace(node, inCaseOf(node, shellFor(target)))] };
};
