import { cleanPath, defineRule } from '#lint';

export default defineRule({
  name: 'sensitive-volume',
  codes: ['DKL-DI-0002', 'dockerfile-dockerd-socket-mount'],
  category: 'security',
  summary: 'VOLUME names a place of the system',
  why: `A volume there hides what the system needs, or invites everybody to mount the host's own: with the socket of its container engine,
    a container is root of the host.`,
  severity: 'warning',
  when: { instructions: ['Volume'] },
  examples: [
    { bad: 'FROM debian:12\nVOLUME /var/run/docker.sock\n' },
    { bad: 'FROM debian:12\nVOLUME ["/data", "/proc"]\n' },
    { title: 'Behind a variable', bad: 'FROM debian:12\nENV ROOT=/etc/\nVOLUME $ROOT\n' },
    { title: 'Data', good: 'FROM debian:12\nVOLUME /data /var/lib/docker /etc/app /var/log /tmp /dev/shm\n' },
  ],
  check({ model }) {
    return {
      *Volume(node) {
        for (const word of node.paths) {
          const { value } = model.expand(word, node);
          const path = value === undefined ? '' : cleanPath(value);
          const reason = SOCKET.test(path) ? socket(path) : PLACES.test(path) ? place(path) : undefined;
          if (reason) yield { at: word, ...reason };
        }
      },
    };
  },
});

const SOCKET = /^\/(?:var\/)?run\/(?:docker|podman\/podman|containerd\/containerd|crio\/crio)\.sock$/;
const PLACES = /^\/(?:|bin|boot|dev|etc|lib|lib64|proc|sbin|sys|usr|usr\/(?:bin|lib|sbin))$|^\/(?:proc|sys)\//;

const socket = (path: string) => ({
  message: `A volume at \`${path}\` invites to hand out the host`,
  help: 'Delete it: who wants to mount the socket can do so without it.',
});

const place = (path: string) => ({
  message: `A volume at \`${path}\` hides a place of the system`,
  help: 'Name the folder that holds the data, such as `/data`.',
});
