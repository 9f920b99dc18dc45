import { defineRule, exposedPorts, replace } from '#lint';

export default defineRule({
  name: 'expose-host-mapping',
  codes: ['ExposeInvalidFormat'],
  category: 'correctness',
  summary: 'EXPOSE names a port of the host, which has no effect',
  why: `An image cannot choose an address or a port of its host: builders drop that part, and the port is not published.`,
  severity: 'warning',
  when: { instructions: ['Expose'] },
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM nginx:1.29\nEXPOSE 8080:80\n', good: 'FROM nginx:1.29\nEXPOSE 80\n' },
    {
      title: 'An address',
      bad: 'FROM nginx:1.29\nEXPOSE 127.0.0.1:8053:53/udp\n',
      good: 'FROM nginx:1.29\nEXPOSE 53/udp\n',
    },
    { title: 'Nothing before the colon', bad: 'FROM nginx:1.29\nEXPOSE :80\n', good: 'FROM nginx:1.29\nEXPOSE 80\n' },
    { title: 'A colon of the expansion', good: `FROM nginx:1.29\nENV PORT=80\nEXPOSE \${PORT:-8080}\n` },
  ],
  check({ model }) {
    return {
      *Expose(node) {
        for (const { word, text, port } of exposedPorts(node, model.stateBefore(node))) {
          if (typeof port === 'string' || !text.includes(':')) continue;
          const container = text.slice(text.lastIndexOf(':') + 1);
          const host = text.slice(0, text.lastIndexOf(':'));
          const fix = { title: `Write \`${container}\``, edits: [replace(word, container)] };
          yield {
            at: word,
            message: host
              ? `\`${host}:\` has no effect here: EXPOSE names only the port of the container`
              : `The colon in \`${text}\` has no effect`,
            help: `Write \`EXPOSE ${container}\`${host ? `; \`docker run --publish ${text.replace(/\/tcp$/i, '').toLowerCase()}\` maps it` : ''}.`,
            fix: word.raw === text ? fix : undefined,
          };
        }
      },
    };
  },
});
