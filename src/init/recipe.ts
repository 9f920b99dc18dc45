/** The kinds of projects that there is a recipe for, in the order in which they are looked for. */
export const KINDS = ['node', 'python', 'go', 'rust', 'java', 'ruby', 'php', 'dotnet', 'static'] as const;
export type Kind = (typeof KINDS)[number];

/** How the image of a project is made. */
export interface Recipe {
  readonly kind: Kind;
  /** What was found, such as `Node.js, npm, Next.js`. */
  readonly title: string;
  /** The stages, each a block of lines; the last one is the image. */
  readonly stages: readonly (readonly string[])[];
  /** What the image needs not and the ignore file names, beside what no image needs. */
  readonly ignored: readonly string[];
  /** The port on which the program listens; undefined: on none that is known. */
  readonly port: number | undefined;
  /** What could not be known, and is to be looked at. */
  readonly notes: readonly string[];
}

/** Words in exec form. */
export const execForm = (words: readonly string[]): string =>
  `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;

/** A RUN with cache mounts, each on a line of its own. */
export const cachedRun = (caches: readonly string[], command: string): string =>
  ['RUN', ...caches.map((target) => `--mount=type=cache,target=${target}`), command]
    .join(' \\\n    ')
    .replace(/^RUN \\\n {4}/, 'RUN ');

/** What asks whether somebody listens on a port, by a program that the image has. */
export const CHECKS = {
  nc: (port: number) => ['nc', '-z', '127.0.0.1', `${port}`],
  python: (port: number) => ['python', '-c', `import socket; socket.create_connection(('127.0.0.1', ${port}), 3)`],
  ruby: (port: number) => ['ruby', '-rsocket', '-e', `TCPSocket.new('127.0.0.1', ${port})`],
  php: (port: number) => ['php', '-r', `exit(fsockopen('127.0.0.1', ${port}) ? 0 : 1);`],
} as const;

/** The end of a stage: who runs what, and how to tell that it works. */
export const programOf = (
  user: string,
  command: readonly string[] | undefined,
  port: number | undefined,
  check: keyof typeof CHECKS | undefined,
): readonly string[] => [
  `USER ${user}`,
  ...(port === undefined ? [] : [`EXPOSE ${port}`]),
  port === undefined || check === undefined
    ? 'HEALTHCHECK NONE'
    : `HEALTHCHECK --interval=30s --timeout=3s --start-period=15s \\\n    CMD ${execForm(CHECKS[check](port))}`,
  ...(command ? [`CMD ${execForm(command)}`] : []),
];

/** A name that may stand in a path or a command without quotes. */
export const isPlainName = (name: string): boolean => /^[A-Za-z0-9_][\w.-]*$/.test(name);
