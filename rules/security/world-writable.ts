import {
  type Add,
  type Copy,
  defineRule,
  flagValue,
  type Iechorfile,
  isWorldWritable,
  octalMode,
  type Problem,
  type Range,
  replace,
  type ShellCommand,
} from '#lint';

export default defineRule({
  name: 'world-writable',
  codes: ['S2612', 'DF034'],
  category: 'security',
  summary: 'Everybody may write to a file',
  why: `Whatever gets hold of any account in the container can replace the file, and what runs it next runs that. The account that needs to
    write can own it instead.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Copy', 'Add'] },
  fix: { safety: 'unsafe', note: 'An account that does not own the file can no longer write to it.' },
  examples: [
    {
      bad: 'FROM debian:12\nRUN mkdir /data && chmod -R 777 /data\n',
      good: 'FROM debian:12\nRUN mkdir /data && chmod -R 755 /data\n',
    },
    { bad: 'FROM debian:12\nRUN chmod a+rwx /entrypoint.sh\n' },
    { bad: 'FROM debian:12\nRUN chmod 0666 /etc/app.conf\n', good: 'FROM debian:12\nRUN chmod 0644 /etc/app.conf\n' },
    { bad: 'FROM debian:12\nCOPY --chmod=777 app /app\n', good: 'FROM debian:12\nCOPY --chmod=755 app /app\n' },
    { bad: 'FROM debian:12\nRUN mkdir -m 777 /data\n', good: 'FROM debian:12\nRUN mkdir -m 755 /data\n' },
    {
      title: 'The owner or the group alone',
      good: 'FROM debian:12\nRUN chmod 755 /a && chmod 775 /b && chmod g+w,o-w /c && chmod +x /d && chmod o=rx /e\nCOPY --chmod=u=rwx,go=rx f /f\n',
    },
    {
      title: 'A folder for all, as `/tmp` is',
      good: 'FROM debian:12\nRUN chmod 1777 /scratch && mkdir -m 1777 /x && chmod a+rwxt /y\n',
    },
    { title: 'In another place than the image', good: 'FROM debian:12\nRUN chmod 666 /dev/stdout && chmod 777 /tmp\n' },
  ],
  check({ file, model }) {
    const copied = (node: Copy | Add): readonly Problem[] => {
      const flag = node.flags.find(({ name }) => name.text === 'chmod');
      const mode = flag && flagValue(flag);
      if (!flag?.value || !isWorldWritable(mode)) return [];
      return [problemOf(file, flag.value, mode ?? '', `\`--chmod=${mode}\` lets everybody write to what is copied`)];
    };
    return {
      Copy: copied,
      Add: copied,
      *Run(node) {
        for (const command of model.commandsOf(node)) {
          const mode = modeIn(command);
          if (!mode || !isWorldWritable(mode.text) || command.operands.some(({ raw }) => TEMPORARY.test(raw))) continue;
          const message = `\`${command.name} ${mode.shown}\` lets everybody write`;
          yield problemOf(file, mode, mode.text, message, node.json);
        }
      },
    };
  },
});

const TEMPORARY = /^["']?\/(?:dev\/|(?:var\/)?tmp\/?["']?$)/;

interface Mode extends Range {
  readonly text: string;
  readonly shown: string;
}

const modeIn = (command: ShellCommand): Mode | undefined => {
  if (command.name === 'chmod') {
    const [word] = command.operands;
    return word?.text === undefined
      ? undefined
      : { start: word.start, end: word.end, text: word.text, shown: word.text };
  }
  if (command.name !== 'mkdir' && command.name !== 'install') return undefined;
  const value = command.option('-m', '--mode');
  return value?.text === undefined ? undefined : { ...value, text: value.text, shown: `-m ${value.text}` };
};

const problemOf = (file: Iechorfile, at: Range, mode: string, message: string, json = false): Problem => {
  const bits = octalMode(mode);
  const less = bits === undefined ? undefined : (bits & ~0o022).toString(8).padStart(mode.length, '0');
  const isThere = !json && file.text.slice(at.start, at.end) === mode;
  return {
    at,
    message,
    help: less
      ? `Write \`${less}\`, and give the files to the account that writes to them: \`chown\`, or \`COPY --chown\`.`
      : 'Let the owner or a group write alone, such as `ug+w`, and set them by `chown`.',
    fix: less && isThere ? { title: `Write \`${less}\``, edits: [replace(at, less)] } : undefined,
  };
};
