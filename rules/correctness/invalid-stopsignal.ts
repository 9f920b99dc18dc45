import { defineRule, isSignal, isSpoilt, nearest, replace, SIGNALS } from '#lint';

export default defineRule({
  name: 'invalid-stopsignal',
  codes: [],
  category: 'correctness',
  summary: 'STOPSIGNAL names a signal that does not exist',
  why: `BuildKit stops at a name that it does not know. A number that no signal has is accepted, but then the container cannot be stopped gracefully.`,
  severity: 'error',
  when: { instructions: ['Stopsignal'] },
  fix: { safety: 'unsafe', note: 'Takes the nearest name.' },
  examples: [
    { bad: 'FROM nginx:1.29\nSTOPSIGNAL SIGQIUT\n', good: 'FROM nginx:1.29\nSTOPSIGNAL SIGQUIT\n' },
    { title: 'A number above the last signal', bad: 'FROM alpine:3.22\nSTOPSIGNAL 99\n' },
    { title: 'Letter case and `SIG` do not matter', good: 'FROM alpine:3.22\nSTOPSIGNAL term\n' },
    { title: 'By number', good: 'FROM alpine:3.22\nSTOPSIGNAL 15\n' },
    { title: 'Given at build time', good: 'FROM alpine:3.22\nARG SIGNAL\nSTOPSIGNAL $SIGNAL\n' },
  ],
  check({ model }) {
    return {
      *Stopsignal(node) {
        const { value } = model.expand(node.signal, node);
        if (value === undefined || isSpoilt(model, node)) return;
        const isNumber = /^[+-]?\d+$/.test(value);
        if (isSignal(value) && !(isNumber && !isSignalNumber(Number(value)))) return;
        const meant = isNumber ? undefined : meantSignal(fullName(value));
        yield {
          at: node.signal,
          message: isNumber ? `No signal has the number ${value}` : `There is no signal \`${value}\``,
          help: meant
            ? `Write \`STOPSIGNAL ${meant}\`.`
            : 'Write a name, such as `STOPSIGNAL SIGTERM`, or a number from 1 to 64.',
          fix:
            meant && node.signal.text !== undefined
              ? { title: `Write \`${meant}\``, edits: [replace(node.signal, meant)] }
              : undefined,
        };
      },
    };
  },
});

/** The nearest signal that begins alike. */
const meantSignal = (name: string) =>
  nearest(
    name,
    SIGNALS.map(fullName).filter((signal) => signal[3] === name[3]),
  );

const isSignalNumber = (number: number) => number >= 1 && number <= 64;

const fullName = (name: string) => (/^sig/i.test(name) ? name.toUpperCase() : `SIG${name.toUpperCase()}`);
