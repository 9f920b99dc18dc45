import {
  defineRule,
  type ExposedPort,
  exposedPorts,
  insertAfter,
  type ListeningPort,
  listeningPorts,
  type Model,
  type Problem,
  replace,
  type StageInfo,
  stageChain,
} from '#lint';

export default defineRule({
  name: 'expose-disagrees',
  codes: [],
  category: 'correctness',
  summary: 'EXPOSE names another port than the one the program listens on',
  why: `EXPOSE opens nothing: it tells people, \`docker run -P\`, proxies and platforms which port to connect to. If it is the wrong one, they connect to nothing.`,
  severity: 'warning',
  when: { instructions: ['Expose'] },
  fix: { safety: 'unsafe', note: 'Takes the port of the command; perhaps EXPOSE names the one that was meant.' },
  examples: [
    {
      bad: 'FROM python:3.13\nEXPOSE 5000\nCMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8080"]\n',
      good: 'FROM python:3.13\nEXPOSE 8080\nCMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8080"]\n',
    },
    {
      title: 'In an address, and through a variable',
      bad: 'FROM python:3.13\nENV PORT=8000\nEXPOSE 80\nCMD exec gunicorn --bind "0.0.0.0:$PORT" app:app\n',
      good: 'FROM python:3.13\nENV PORT=8000\nEXPOSE 8000\nCMD exec gunicorn --bind "0.0.0.0:$PORT" app:app\n',
    },
    {
      title: 'Among several',
      bad: 'FROM php:8.4\nEXPOSE 80 443\nCMD ["php", "-S", "0.0.0.0:8080"]\n',
      good: 'FROM php:8.4\nEXPOSE 80 443 8080\nCMD ["php", "-S", "0.0.0.0:8080"]\n',
    },
    {
      title: 'They agree',
      good: 'FROM python:3.13\nEXPOSE 8000\nCMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]\n',
    },
    {
      title: 'It lies within a range',
      good: 'FROM python:3.13\nEXPOSE 8000-8010\nCMD ["flask", "run", "-p", "8005"]\n',
    },
    {
      title: 'Reached from within the container alone',
      good: 'FROM python:3.13\nEXPOSE 80\nCMD ["gunicorn", "--bind", "127.0.0.1:8000", "app:app"]\n',
    },
    { title: 'The port of something else', good: 'FROM alpine:3.22\nEXPOSE 80\nCMD ["app", "--db-port", "5432"]\n' },
  ],
  exceptions: { onbuild: 'The file does not show what the child image starts.' },
  check({ model }) {
    return {
      *done() {
        const stage = model.final;
        if (!stage) return;
        const exposed = exposedIn(model, stage);
        const listening = listeningPorts(model, stage);
        const [first] = listening;
        if (!first || !exposed || exposed.length === 0 || listening.some(({ port }) => port !== first.port)) return;
        if (exposed.some(({ port }) => typeof port !== 'string' && port.ports.includes(first.port))) return;
        yield problemOf(exposed, first);
      },
    };
  },
});

/** Every port that the stage and those below it expose; undefined where one is not known. */
const exposedIn = (model: Model, stage: StageInfo): readonly ExposedPort[] | undefined => {
  const ports: ExposedPort[] = [];
  for (const node of stageChain(stage).flatMap(({ node: { instructions } }) => instructions)) {
    if (node.kind !== 'Expose') continue;
    const own = exposedPorts(node, model.stateBefore(node));
    if (node.ports.some((word) => !own.some((each) => each.word === word))) return undefined;
    ports.push(...own);
  }
  return ports.some(({ port }) => typeof port === 'string') ? undefined : ports;
};

const problemOf = (exposed: readonly ExposedPort[], { port, at }: ListeningPort): Problem => {
  const last = exposed.at(-1);
  const named = exposed.map(({ text }) => `\`${text}\``).join(', ');
  const word = last?.word ?? at;
  const suffix = last && /\/.*$/.exec(last.text)?.[0];
  const instead = `${port}${suffix ?? ''}`;
  const isOnly = exposed.length === 1;
  const isLiteral = last?.word.raw === last?.text;
  return {
    at: word,
    message: `EXPOSE names ${named}, but the program is told to listen on ${port}`,
    help: isOnly
      ? `Write \`EXPOSE ${instead}\`, or have the program listen on ${named}.`
      : `Add \`${port}\`, or have the program listen on one of these.`,
    related: [{ range: at, message: `This tells it to listen on ${port}` }],
    fix: isOnly
      ? isLiteral
        ? { title: `Expose ${port}`, edits: [replace(word, instead)] }
        : undefined
      : { title: `Expose ${port} too`, edits: [insertAfter(word, ` ${port}`)] },
  };
};
