import { cleanPath, defineRule, isWithin, type Model, type Range, type Run, shellPath } from '#lint';

export default defineRule({
  name: 'written-below-volume',
  codes: [],
  category: 'correctness',
  summary: 'A RUN writes below a path that VOLUME has declared before',
  why: `Docker's older builder and buildah throw such changes away, and BuildKit keeps them: the same file gives two images, and neither
    warns.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Volume'] },
  examples: [
    {
      bad: 'FROM debian:13\nVOLUME /data\nRUN mkdir /data/cache && chown -R 1000 /data\n',
      good: 'FROM debian:13\nRUN mkdir -p /data/cache && chown -R 1000 /data\nVOLUME /data\n',
    },
    {
      title: 'Inherited through a stage',
      bad: 'FROM debian:13 AS base\nVOLUME ["/srv"]\nFROM base\nRUN echo x > /srv/app\n',
    },
    {
      title: 'Elsewhere, in a mount, or by COPY, which all keep',
      good: 'FROM debian:13\nVOLUME /data\nRUN mkdir /database && ls /data\nRUN --mount=type=cache,target=/data touch /data/x\nCOPY a /data/a\n',
    },
  ],
  check({ model }) {
    return { Run: (node) => problemsIn(model, node) };
  },
});

function* problemsIn(model: Model, node: Run) {
  const volumes = Array.from(model.stateBefore(node).volumes, ([path]) => cleanPath(path));
  if (volumes.length === 0) return;
  for (const { path, at } of writtenByRun(model, node)) {
    const volume = volumes.find((each) => isWithin(path, each));
    if (volume === undefined) continue;
    yield {
      at,
      message: `\`${path}\` is written below the volume \`${volume}\`, and not every builder keeps that`,
      help: `Move \`VOLUME ${volume}\` below this step.`,
    };
    return;
  }
}

const WRITERS = new Set(['mkdir', 'touch', 'chown', 'chmod', 'cp', 'mv', 'install', 'ln']);

const writtenByRun = (model: Model, node: Run): readonly { readonly path: string; readonly at: Range }[] => {
  const mounted = model.mountsOf(node).flatMap(({ target }) => target ?? []);
  return model.commandsOf(node).flatMap((command) => {
    const words = WRITERS.has(command.name ?? '') ? command.operands.slice(-1) : [];
    const targets = command.redirections.flatMap(({ operator, target }) =>
      operator.startsWith('>') && target ? target : [],
    );
    return [...words, ...targets].flatMap((word) => {
      const path = shellPath(model, node, command, word);
      return path === undefined || mounted.some((each) => isWithin(path, each)) ? [] : [{ path, at: word }];
    });
  });
};
