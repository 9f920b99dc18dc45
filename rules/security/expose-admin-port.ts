import {
  defineRule,
  exposedPorts,
  type Model,
  removeInstruction,
  removeWithSpaceBefore,
  type StageInfo,
  startupOf,
} from '#lint';

export default defineRule({
  name: 'expose-admin-port',
  codes: ['DS-0004', 'CKV_DOCKER_1', 'S6473'],
  category: 'security',
  summary: 'EXPOSE names a port for remote administration',
  why: `A second way in needs accounts, keys, updates and a process of its own in the container. \`docker exec\` and \`kubectl exec\` give a shell without any of them.`,
  severity: 'warning',
  scope: 'final',
  when: { instructions: ['Expose'] },
  fix: { safety: 'unsafe', note: '`docker run -P` then no longer publishes it.' },
  examples: [
    {
      bad: 'FROM debian:13\nEXPOSE 80 22\nCMD ["/start.sh"]\n',
      good: 'FROM debian:13\nEXPOSE 80\nCMD ["/start.sh"]\n',
    },
    {
      title: 'The only one',
      bad: 'FROM debian:13\nEXPOSE 5900/tcp\nCMD ["/start.sh"]\n',
      good: 'FROM debian:13\nCMD ["/start.sh"]\n',
    },
    { title: 'A port above', good: 'FROM debian:13\nEXPOSE 2222\nCMD ["/start.sh"]\n' },
    { title: 'UDP is something else', good: 'FROM debian:13\nEXPOSE 22/udp\nCMD ["/start.sh"]\n' },
    { title: 'What the image is for', good: 'FROM debian:13\nEXPOSE 22\nCMD ["/usr/sbin/sshd", "-D"]\n' },
    { title: 'Within a range', good: 'FROM debian:13\nEXPOSE 20-30\nCMD ["/start.sh"]\n' },
  ],
  check({ file, model }) {
    return {
      *Expose(node, { stage }) {
        for (const { word, port } of exposedPorts(node, model.stateBefore(node))) {
          if (typeof port === 'string' || port.protocol !== 'tcp' || port.ports.length !== 1) continue;
          const service = SERVICES[port.ports[0] ?? 0];
          if (service === undefined) continue;
          const signs = stage ? purposeSigns(model, stage) : 0;
          if (signs === 2) continue;
          yield {
            at: word,
            message: `EXPOSE names port ${port.ports[0]}, which is for ${service.name}`,
            help: service.help,
            severity: signs > 0 ? 'info' : 'warning',
            fix: {
              title: 'Delete the port',
              edits: [node.ports.length === 1 ? removeInstruction(file, node) : removeWithSpaceBefore(file, word)],
            },
          };
        }
      },
    };
  },
});

interface Service {
  readonly name: string;
  readonly help: string;
}

const shell = (name: string, exception = ''): Service => ({
  name,
  help: `Delete it and use \`docker exec -it CONTAINER sh\`${exception}.`,
});

const desktop = (name: string, port: number): Service => ({
  name,
  help: `Delete it, and publish it to your own machine where you need the desktop: \`docker run -p 127.0.0.1:${port}:${port}\`.`,
});

const SERVICES: Readonly<Record<number, Service>> = {
  22: shell('SSH', ', unless serving SSH is what the image is for'),
  23: shell('Telnet'),
  512: shell('rexec'),
  513: shell('rlogin'),
  514: shell('rsh'),
  2375: {
    name: 'the Docker API without encryption',
    help: 'Delete it and serve the API with TLS on 2376: whoever reaches this port is root on the machine.',
  },
  3389: desktop('Remote Desktop', 3389),
  5900: desktop('VNC', 5900),
};

const SERVERS = /^(?:sshd|dropbear|in\.telnetd|telnetd|dockerd.*|Xvnc|x11vnc|vncserver|xrdp)$/i;

/** How much speaks for the service being what the image is for: it is started, and nothing else is exposed. */
const purposeSigns = (model: Model, stage: StageInfo): number => {
  const isStarted = startupOf(model, stage).commands.some(({ name = '' }) => SERVERS.test(name));
  return Number(isStarted) + Number([...model.stateAfter(stage).ports].length === 1);
};
