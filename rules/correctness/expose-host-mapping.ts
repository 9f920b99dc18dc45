import { defineRule, exposedPorts, replace } from '#lint';

export default defineRule({
  name: 'expose-host-mapping',
  codes: ['ExposeInvalidFormat'],
  category: 'correctness',
  summary: 'EXPOSE maps a port of the host, which has no effect',
  why: `An image cannot say which address or port of a host it gets: builders drop that part, and the port is published nowhere.`,
  severity: 'warning',
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
              ? `\`${host}:\` has no effect here: EXPOSE names the port of the container alone`
              : `The colon in \`${text}\` has no effect`,
            help: `Write \`EXPOSE ${container}\`${host ? `; \`docker run --publish ${text.replace(/\/.*/, '')}\` maps it` : ''}.`,
            fix: word.raw === text ? fix : undefined,
          };
        }
      },
    };
  },
});
