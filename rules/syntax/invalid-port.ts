import {
  defineRule,
  type Expose,
  exposedPorts,
  type Iechorfile,
  insertLineBefore,
  nearest,
  type Problem,
  readPort,
  removeWithSpaceBefore,
  replace,
} from '#lint';

export default defineRule({
  name: 'invalid-port',
  codes: ['DL3011'],
  category: 'syntax',
  summary: 'EXPOSE names something that is not a port',
  why: `BuildKit refuses anything but ports from 0 to 65535, ranges of them and the protocols tcp, udp and sctp, and the build ends there.`,
  severity: 'error',
  when: { instructions: ['Expose'] },
  fix: { safety: 'safe', note: 'A comment behind the ports is moved only as an unsafe fix.' },
  examples: [
    { bad: 'FROM nginx:1.29\nEXPOSE 80800\n' },
    { title: 'Commas', bad: 'FROM nginx:1.29\nEXPOSE 80,443\n', good: 'FROM nginx:1.29\nEXPOSE 80 443\n' },
    {
      title: 'A comment behind it',
      bad: 'FROM nginx:1.29\nEXPOSE 80 # the site\n',
      good: 'FROM nginx:1.29\n# the site\nEXPOSE 80\n',
    },
    {
      title: 'A range that counts down',
      bad: 'FROM alpine:3.22\nEXPOSE 8010-8000\n',
      good: 'FROM alpine:3.22\nEXPOSE 8000-8010\n',
    },
    {
      title: 'An unknown protocol',
      bad: 'FROM alpine:3.22\nEXPOSE 53/upd\n',
      good: 'FROM alpine:3.22\nEXPOSE 53/udp\n',
    },
    {
      title: 'A range, a protocol, a variable',
      good: 'FROM alpine:3.22\nENV PORT=80\nEXPOSE 7000-7010/udp $PORT/tcp\n',
    },
    { title: 'Several ports in one variable', good: 'FROM alpine:3.22\nENV PORTS="80 443"\nEXPOSE $PORTS\n' },
  ],
  check({ file, model }) {
    return {
      *Expose(node) {
        const comment = commentProblem(file, node);
        if (comment) yield comment;
        for (const exposed of exposedPorts(node, model.stateBefore(node))) {
          if (typeof exposed.port !== 'string' || (comment && exposed.word.start >= comment.at.start)) continue;
          const { message, help, instead } = reasonOf(exposed.text);
          const isLiteral = exposed.word.raw === exposed.text;
          const fix = { title: `Write \`${instead}\``, edits: [replace(exposed.word, instead ?? '')] };
          yield { at: exposed.word, message, help, fix: isLiteral && instead ? fix : undefined };
        }
      },
    };
  },
});

const commentProblem = (file: Iechorfile, node: Expose) => {
  const start = node.ports.find(({ raw }) => raw.startsWith('#'))?.start;
  if (start === undefined || node.ports[0]?.start === start || node.lines.first !== node.lines.last) return undefined;
  const at = { start, end: node.end };
  const comment = file.text.slice(start, node.end).trimEnd();
  return {
    at,
    message: `\`${comment}\` is not a comment but part of the EXPOSE`,
    help: 'Put the comment on a line of its own, above the instruction.',
    fix: {
      title: 'Move the comment to a line of its own',
      safety: 'unsafe',
      edits: [insertLineBefore(file, node, comment), removeWithSpaceBefore(file, at)],
    },
  } satisfies Problem;
};

interface Reason {
  readonly message: string;
  readonly help: string;
  readonly instead?: string | undefined;
}

const reasonOf = (text: string): Reason => {
  const [address = '', protocol] = text.split(/\/(.*)/s);
  const suffix = protocol === undefined ? '' : `/${protocol}`;
  return (
    listReason(text) ??
    protocolReason(address, protocol) ??
    hostReason(text, address, suffix) ??
    rangeReason(address, suffix) ?? {
      message: `\`${text}\` is not a port`,
      help: 'Write the port on which the program listens in the container, such as `EXPOSE 8080`.',
    }
  );
};

const isSound = (text: string) => typeof readPort(text) !== 'string';

const listReason = (text: string): Reason | undefined => {
  const ports = text.split(/[,;]/).filter(Boolean);
  if (!/[,;]/.test(text) || ports.length === 0 || !ports.every(isSound)) return undefined;
  const instead = ports.join(' ');
  return {
    message: `\`${text}\` is not a port: blanks separate ports, not \`${/[,;]/.exec(text)?.[0]}\``,
    help: `Write \`${instead}\`.`,
    instead,
  };
};

const PROTOCOLS = ['tcp', 'udp', 'sctp'];

const protocolReason = (address: string, protocol: string | undefined): Reason | undefined => {
  if (protocol === undefined || PROTOCOLS.includes(protocol.toLowerCase()) || !isSound(address)) return undefined;
  const meant = /^(?:https?|wss?|grpc|tls|ssl)$/i.test(protocol) ? 'tcp' : nearest(protocol, PROTOCOLS);
  return {
    message: `\`${protocol}\` is not a protocol that EXPOSE knows`,
    help: `Write ${meant ? `\`${address}/${meant}\`` : '`/tcp`, `/udp` or `/sctp`, or nothing for TCP'}.`,
    instead: meant && `${address}/${meant}`,
  };
};

const hostReason = (text: string, address: string, suffix: string): Reason | undefined => {
  const port = /:([\d-]+)$/.exec(address)?.[1];
  if (port === undefined || !isSound(port + suffix)) return undefined;
  return {
    message: `\`${text}\` maps no port: EXPOSE names only that of the container`,
    help: `Write \`EXPOSE ${port + suffix}\`, and give the port of the host to \`docker run --publish\`.`,
    instead: port + suffix,
  };
};

const rangeReason = (address: string, suffix: string): Reason | undefined => {
  const [, first = '', last] = /^(\d+)(?:-(\d+))?$/.exec(address) ?? [];
  if (!first) return undefined;
  const highest = Math.max(Number(first), Number(last ?? 0));
  if (highest > 65_535) {
    return { message: `Port ${highest} does not exist`, help: 'Write a port up to 65535.' };
  }
  const instead = `${last}-${first}${suffix}`;
  return { message: `The range \`${address}\` counts down`, help: `Write \`${instead}\`.`, instead };
};
