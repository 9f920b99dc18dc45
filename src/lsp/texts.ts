/** What an instruction does, in a sentence or two, and how it is written. */
export interface InstructionText {
  readonly form: string;
  readonly text: string;
}

/** By keyword. */
export const INSTRUCTIONS: Readonly<Record<string, InstructionText>> = {
  ADD: {
    form: 'ADD [--chown=…] [--chmod=…] [--checksum=…] SOURCE… DESTINATION',
    text: 'Copies files like COPY, fetches addresses and git repositories, and unpacks local tar archives. Where none of that is needed, COPY says what is meant.',
  },
  ARG: {
    form: 'ARG NAME[=DEFAULT]…',
    text: 'A variable of the build that `--build-arg NAME=VALUE` sets. It holds from here to the end of the stage and is not in the image; above the first FROM it holds for the FROMs alone.',
  },
  CMD: {
    form: 'CMD ["PROGRAM", "ARGUMENT"…]',
    text: 'What a container runs when nothing else is asked for, or the arguments of ENTRYPOINT. The last one counts.',
  },
  COPY: {
    form: 'COPY [--from=STAGE] [--chown=…] [--chmod=…] SOURCE… DESTINATION',
    text: 'Copies files of the build context, or with `--from` of another stage or image, into a new layer. It is built again when one of the files has changed.',
  },
  ENTRYPOINT: {
    form: 'ENTRYPOINT ["PROGRAM", "ARGUMENT"…]',
    text: 'The program that a container starts; what CMD says follows as its arguments. As a JSON array the program gets signals itself; as plain text a shell stands in between.',
  },
  ENV: {
    form: 'ENV NAME=VALUE…',
    text: 'Sets variables for the steps below, for stages that are built on this one, and for every container of the image.',
  },
  EXPOSE: {
    form: 'EXPOSE PORT[/PROTOCOL]…',
    text: 'Says on which ports the program listens. It opens none: that is done when a container is started.',
  },
  FROM: {
    form: 'FROM [--platform=…] IMAGE [AS NAME]',
    text: 'Begins a stage on top of an image or of a stage above. The last stage, or the one that is asked for, is what the build gives; of the others only what is copied from them gets there.',
  },
  HEALTHCHECK: {
    form: 'HEALTHCHECK [--interval=…] [--timeout=…] [--retries=…] CMD COMMAND',
    text: 'A command that says now and then whether the container is well: it is when the command ends with 0. `HEALTHCHECK NONE` takes away that of the base image.',
  },
  LABEL: {
    form: 'LABEL KEY=VALUE…',
    text: 'Data about the image, such as `org.opencontainers.image.source`. Labels change nothing in it and are read with `inspect`.',
  },
  MAINTAINER: {
    form: 'MAINTAINER NAME',
    text: 'Out of date: write `LABEL org.opencontainers.image.authors=…`.',
  },
  ONBUILD: {
    form: 'ONBUILD INSTRUCTION',
    text: 'Keeps an instruction for later: it runs at the start of a build whose FROM names this image.',
  },
  RUN: {
    form: 'RUN [--mount=…] [--network=…] COMMAND',
    text: 'Runs a command and keeps what it changes as a layer. It runs again only when the step itself or something above it has changed.',
  },
  SHELL: {
    form: 'SHELL ["PROGRAM", "ARGUMENT"…]',
    text: 'The shell that reads RUN, CMD and ENTRYPOINT below where they are plain text; `/bin/sh -c` unless it is set.',
  },
  STOPSIGNAL: {
    form: 'STOPSIGNAL SIGNAL',
    text: 'The signal that asks the program of the container to end; SIGTERM unless it is set.',
  },
  USER: {
    form: 'USER NAME|ID[:GROUP]',
    text: 'As whom the steps below and the containers run. COPY and ADD go on making files of root unless `--chown` says otherwise.',
  },
  VOLUME: {
    form: 'VOLUME PATH…',
    text: 'Says that data is kept at these paths: a container gets a new volume there unless one is given. What later steps change there may be lost.',
  },
  WORKDIR: {
    form: 'WORKDIR PATH',
    text: 'The folder in which the steps below and the containers run; it is made if it is not there. A relative path goes on from the one before.',
  },
};

/** By name, for all the instructions that have them. */
export const FLAG_TEXTS: Readonly<Record<string, string>> = {
  checksum: 'The digest that the file must have, such as `sha256:…`.',
  chmod: 'The mode of what is copied, such as `0644` or `u=rwX,go=rX`.',
  chown: 'Whose files these become: `user`, `user:group`, or their numbers. Root without it.',
  device: 'A device of the machine that the step may use.',
  exclude: 'A pattern of files that are left out.',
  from: 'The stage, image or named context that is copied from.',
  interval: 'The time between two checks; 30s unless it is set.',
  'keep-git-dir': 'Keeps the folder `.git` of a repository that is fetched.',
  link: 'Makes a layer of its own that stays good when those below it change.',
  mount: 'Something that is there during this step alone: a cache, a secret, files of the context or of another stage.',
  network: 'Which network the step has: `default`, `none` or `host`.',
  parents: 'Keeps the folders in which the sources stand.',
  platform: 'For which system and processor the image is, such as `linux/arm64` or `$BUILDPLATFORM`.',
  retries: 'How many checks in a row must fail; 3 unless it is set.',
  security: '`insecure` takes the limits of the sandbox away, where the builder allows it.',
  'start-interval': 'The time between two checks while the program starts.',
  'start-period': 'How long the program has to start; checks that fail do not count until then.',
  timeout: 'How long a check may take; 30s unless it is set.',
  unpack: 'Whether a tar archive is unpacked; `--unpack=true` does it to one that is fetched too.',
};

export const MOUNT_TEXTS: Readonly<Record<string, string>> = {
  bind: 'Files of the context, of a stage or of an image, which need no COPY',
  cache: 'A folder that is kept from build to build, for package managers and compilers',
  secret: 'A secret that is in no layer',
  ssh: 'A socket of the ssh agent',
  tmpfs: 'A folder in memory',
};

/** The options of each type of mount. */
export const MOUNT_OPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bind: {
    target: 'Where it is mounted',
    source: 'The path in what it comes from; its root without it',
    from: 'The stage, image or named context it comes from; the build context without it',
    rw: 'May be written to; what is written is forgotten',
  },
  cache: {
    target: 'Where it is mounted',
    id: 'Caches of one id are one; the target without it',
    sharing: 'What happens when two steps want it at once: `shared`, `private` or `locked`',
    from: 'The stage, image or named context it begins as; empty without it',
    source: 'The path in what it begins as',
    mode: 'The mode of the folder; 0755 unless it is set',
    uid: 'Whose it is; 0 unless it is set',
    gid: 'The group it belongs to; 0 unless it is set',
    ro: 'May not be written to',
  },
  secret: {
    id: 'The name under which it is handed to the build',
    target: 'Where it is mounted; below /run/secrets without it',
    env: 'The variable that holds it',
    required: 'The step fails when it is not handed in',
    mode: 'The mode of the file; 0400 unless it is set',
    uid: 'Whose it is; 0 unless it is set',
    gid: 'The group it belongs to; 0 unless it is set',
  },
  ssh: {
    id: 'The name under which it is handed to the build; `default` without it',
    target: 'Where it is mounted; below /run/buildkit without it',
    required: 'The step fails when it is not handed in',
    mode: 'The mode of the socket; 0600 unless it is set',
    uid: 'Whose it is; 0 unless it is set',
    gid: 'The group it belongs to; 0 unless it is set',
  },
  tmpfs: { target: 'Where it is mounted', size: 'The most that it holds, such as `64m`' },
};

/** What a build defines by itself. */
export const BUILD_VARIABLES: Readonly<Record<string, string>> = {
  BUILDPLATFORM: 'The platform of the machine that builds, such as `linux/amd64`',
  BUILDOS: 'The system of the machine that builds',
  BUILDARCH: 'The processor of the machine that builds',
  BUILDVARIANT: 'The variant of that processor, such as `v7`',
  TARGETPLATFORM: 'The platform that the image is for, such as `linux/arm64`',
  TARGETOS: 'The system that the image is for',
  TARGETARCH: 'The processor that the image is for',
  TARGETVARIANT: 'The variant of that processor, such as `v7`',
  TARGETSTAGE: 'The stage that the build was asked for',
};
