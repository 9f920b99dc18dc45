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
  why: `A second way in has accounts, keys and updates of its own to look after, and one process too many in the container. \`docker exec\` and \`kubectl exec\` give a shell without any.`,
  severity: 'warning',
  scope: 'final',
  fix: { safety: 'unsafe', note: 'Publishing all exposed ports leaves it out then.' },
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
    { title: 'Within a range', good: 'FROM debian:13\nEXPOSE 20-30\nCMD ["/start.sh"]\n' },
  ],
  check({ file, model }) {
    return {
      *Expose(node, { stage }) {
        for (const { word, port } of exposedPorts(node, model.stateBefore(node))) {
          if (typeof port === 'string' || port.protocol !== 'tcp' || port.ports.length !== 1) continue;
          const service = SERVICES[port.ports[0] ?? 0];
          if (service === undefined) continue;
          yield {
            at: word,
            message: `Port ${port.ports[0]} is for ${service}`,
            help: `Leave it out and use \`docker exec -it CONTAINER sh\`${service === 'SSH' ? ', unless serving SSH is what the image is for' : ''}.`,
            severity: stage && isPurpose(model, stage) ? 'info' : 'warning',
            fix: {
              title: 'Leave the port out',
              edits: [node.ports.length === 1 ? removeInstruction(file, node) : removeWithSpaceBefore(file, word)],
            },
          };
        }
      },
    };
  },
});

const SERVICES: Readonly<Record<number, string>> = {
  22: 'SSH',
  23: 'Telnet',
  512: 'rexec',
  513: 'rlogin',
  514: 'rsh',
  2375: 'the Docker API without encryption',
  3389: 'Remote Desktop',
  5900: 'VNC',
};

const SERVERS = /^(?:sshd|dropbear|in\.telnetd|telnetd|dockerd.*|Xvnc|x11vnc|vncserver|xrdp)$/i;

/** Whether that service is what the image is for: it is started, or nothing else is exposed. */
const isPurpose = (model: Model, stage: StageInfo): boolean =>
  [...model.stateAfter(stage).ports].length === 1 ||
  startupOf(model, stage).commands.some(({ name = '' }) => SERVERS.test(name));
