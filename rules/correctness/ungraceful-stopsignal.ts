import { defineRule, replace } from '#lint';

export default defineRule({
  name: 'ungraceful-stopsignal',
  codes: [],
  category: 'correctness',
  summary: 'STOPSIGNAL is a signal that no program can handle',
  why: `A program can catch neither SIGKILL nor SIGSTOP: it cannot finish requests, flush files or release locks, and after SIGSTOP it hangs until the timeout kills it.`,
  severity: 'warning',
  when: { instructions: ['Stopsignal'] },
  fix: { safety: 'unsafe', note: 'The program then learns that it has to stop, and may take its time.' },
  examples: [
    {
      bad: 'FROM alpine:3.22\nSTOPSIGNAL SIGKILL\nCMD ["crond", "-f"]\n',
      good: 'FROM alpine:3.22\nSTOPSIGNAL SIGTERM\nCMD ["crond", "-f"]\n',
    },
    { title: 'By number', bad: 'FROM alpine:3.22\nSTOPSIGNAL 9\n', good: 'FROM alpine:3.22\nSTOPSIGNAL SIGTERM\n' },
    { title: 'One that a later one replaces', good: 'FROM alpine:3.22\nSTOPSIGNAL SIGKILL\nSTOPSIGNAL SIGINT\n' },
    { title: 'A signal that the program knows', good: 'FROM nginx:1.29\nSTOPSIGNAL SIGQUIT\n' },
    { title: 'The one that asks an interactive shell to end', good: 'FROM bash:5\nSTOPSIGNAL SIGHUP\n' },
  ],
  check({ model }) {
    return {
      *Stopsignal(node, { stage }) {
        // One that a later one replaces is another matter.
        if (stage?.node.instructions.some(({ kind, start }) => kind === 'Stopsignal' && start > node.start)) return;
        const { value } = model.expand(node.signal, node);
        const name = value === undefined ? undefined : deadlyName(value);
        if (name === undefined) return;
        yield {
          at: node.signal,
          message: `No program can handle ${name}, so the container is ${name === 'SIGKILL' ? 'killed' : 'frozen'} instead of stopped`,
          help: 'Write the signal that makes the program end gracefully: SIGTERM, the default, for most; SIGQUIT for nginx and PHP-FPM, SIGWINCH for Apache httpd, SIGINT for PostgreSQL.',
          fix:
            node.signal.text === undefined
              ? undefined
              : { title: 'Use SIGTERM', edits: [replace(node.signal, 'SIGTERM')] },
        };
      },
    };
  },
});

/** 19 is SIGSTOP on every platform but MIPS. */
const deadlyName = (signal: string): string | undefined => {
  if (/^(?:(?:sig)?kill|\+?0*9)$/i.test(signal)) return 'SIGKILL';
  return /^(?:(?:sig)?stop|\+?0*19)$/i.test(signal) ? 'SIGSTOP' : undefined;
};
