import { defineRule, replace } from '#lint';

export default defineRule({
  name: 'expose-protocol-casing',
  codes: ['ExposeProtoCasing'],
  category: 'style',
  summary: 'The protocol of EXPOSE is not in lower case',
  why: `Builders turn it into lower case: the image and every tool that shows it say \`tcp\` or \`udp\`, and a search for that does not find the file.`,
  severity: 'style',
  when: { instructions: ['Expose'] },
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM alpine:3.22\nEXPOSE 53/UDP\n', good: 'FROM alpine:3.22\nEXPOSE 53/udp\n' },
    {
      title: 'Several, each for itself',
      bad: 'FROM alpine:3.22\nEXPOSE 80/Tcp 443/tcp 53/Udp\n',
      good: 'FROM alpine:3.22\nEXPOSE 80/tcp 443/tcp 53/udp\n',
    },
    {
      title: 'The port is a variable',
      bad: 'FROM alpine:3.22\nENV PORT=80\nEXPOSE $PORT/TCP\n',
      good: 'FROM alpine:3.22\nENV PORT=80\nEXPOSE $PORT/tcp\n',
    },
    { title: 'A variable in upper case', good: 'FROM alpine:3.22\nENV PROTOCOL=tcp\nEXPOSE 80/$PROTOCOL\n' },
  ],
  check() {
    return {
      *Expose(node) {
        for (const { parts } of node.ports) {
          const last = parts.at(-1);
          if (last?.kind !== 'Literal' || last.raw !== last.value) continue;
          const protocol = /\/([a-z]+)$/i.exec(last.raw)?.[1];
          if (protocol === undefined || !/^(?:tcp|udp|sctp)$/i.test(protocol) || /^[a-z]+$/.test(protocol)) continue;
          const at = { start: last.end - protocol.length, end: last.end };
          const instead = protocol.toLowerCase();
          yield {
            at,
            message: `The protocol \`${protocol}\` is not in lower case`,
            help: `Write \`${instead}\`.`,
            fix: { title: `Write \`${instead}\``, edits: [replace(at, instead)] },
          };
        }
      },
    };
  },
});
