import { packageManager } from './manager.ts';

export const apt = packageManager({
  name: 'apt',
  kind: 'system',
  programs: ['apt-get', 'apt', 'aptitude'],
  install: ['install', 'reinstall', 'build-dep', 'satisfy'],
  update: ['update'],
  upgrade: ['upgrade', 'dist-upgrade', 'full-upgrade', 'safe-upgrade'],
  remove: ['remove', 'purge', 'autoremove', 'autopurge'],
  clear: ['clean', 'autoclean', 'distclean'],
  assumeYes: ['-y', '--yes', '--assume-yes', '-qq', '-q=2', '--quiet=2'],
  lean: ['--no-install-recommends', '--without-recommends'],
  pin: { pattern: /^[^=]+=./, example: 'curl=8.5.0-2', options: [] },
  caches: ['/var/cache/apt'],
  lists: ['/var/lib/apt/lists'],
  clean: ['rm -rf /var/lib/apt/lists/*'],
  mounts: ['/var/cache/apt', '/var/lib/apt'],
  locked: true,
});

export const apk = packageManager({
  name: 'apk',
  kind: 'system',
  programs: ['apk'],
  install: ['add'],
  update: ['update'],
  upgrade: ['upgrade'],
  remove: ['del'],
  clear: ['cache clean', 'cache purge'],
  pin: { pattern: /^[^=<>~]+[=<>~]./, example: 'curl=8.5.0-r0', options: [] },
  caches: ['/var/cache/apk', '/etc/apk/cache'],
  lists: ['/var/cache/apk'],
  clean: ['rm -rf /var/cache/apk/*'],
  noCache: ['--no-cache'],
  mounts: ['/var/cache/apk'],
  locked: true,
});

/** What yum and its successors have in common. */
const rpmBased = {
  kind: 'system',
  install: [
    ...['install', 'in', 'localinstall', 'groupinstall', 'group install', 'reinstall', 'rei', 'builddep'],
    'module install',
  ],
  update: ['makecache', 'check-update'],
  upgrade: [
    ...['update', 'upgrade', 'up', 'upgrade-minimal', 'update-minimal', 'up-min'],
    ...['distro-sync', 'dsync', 'distribution-synchronization'],
  ],
  remove: ['remove', 'rm', 'erase', 'autoremove', 'groupremove'],
  clear: ['clean'],
  assumeYes: ['-y', '--assumeyes'],
  lean: ['--nodocs', '--setopt=install_weak_deps=False', '--setopt=install_weak_deps=0', '--setopt=tsflags=nodocs'],
  pin: { pattern: /-\d[\w.~^:+]*(?:-\d[\w.~^+]*)?$|:\d/, example: 'curl-8.5.0', options: [] },
} as const;

export const yum = packageManager({
  ...rpmBased,
  name: 'yum',
  programs: ['yum'],
  caches: ['/var/cache/yum', '/var/cache/dnf'],
  lists: ['/var/cache/yum', '/var/cache/dnf'],
  clean: ['yum clean all'],
  mounts: ['/var/cache/yum', '/var/cache/dnf'],
  locked: true,
});

export const dnf = packageManager({
  ...rpmBased,
  name: 'dnf',
  programs: ['dnf', 'dnf5'],
  caches: ['/var/cache/dnf', '/var/cache/libdnf5'],
  lists: ['/var/cache/dnf', '/var/cache/libdnf5'],
  clean: ['dnf clean all'],
  mounts: ['/var/cache/dnf', '/var/cache/libdnf5'],
  locked: true,
});

export const microdnf = packageManager({
  ...rpmBased,
  name: 'microdnf',
  programs: ['microdnf'],
  caches: ['/var/cache/yum', '/var/cache/dnf', '/var/cache/libdnf5'],
  lists: ['/var/cache/yum', '/var/cache/dnf', '/var/cache/libdnf5'],
  clean: ['microdnf clean all'],
  mounts: ['/var/cache/yum', '/var/cache/dnf', '/var/cache/libdnf5'],
  locked: true,
});

export const tdnf = packageManager({
  ...rpmBased,
  name: 'tdnf',
  programs: ['tdnf'],
  caches: ['/var/cache/tdnf'],
  lists: ['/var/cache/tdnf'],
  clean: ['tdnf clean all'],
  mounts: ['/var/cache/tdnf'],
  locked: true,
});

export const zypper = packageManager({
  name: 'zypper',
  kind: 'system',
  programs: ['zypper'],
  install: ['install', 'in', 'source-install', 'si'],
  update: ['refresh', 'ref'],
  upgrade: ['update', 'up', 'patch', 'dist-upgrade', 'dup'],
  remove: ['remove', 'rm'],
  clear: ['clean', 'cc'],
  assumeYes: ['-n', '--non-interactive', '-y', '--no-confirm'],
  lean: ['--no-recommends'],
  pin: { pattern: /^[^=<>]+[=<>]=?./, example: 'curl=8.5.0', options: [] },
  caches: ['/var/cache/zypp'],
  lists: ['/var/cache/zypp'],
  clean: ['zypper clean --all'],
  mounts: ['/var/cache/zypp'],
  locked: true,
});

export const pacman = packageManager({
  name: 'pacman',
  kind: 'system',
  programs: ['pacman'],
  install: ['-S', '--sync', '-U', '--upgrade'],
  update: ['-y', '--refresh'],
  upgrade: ['-u', '--sysupgrade'],
  remove: ['-R', '--remove'],
  clear: ['-c', '--clean'],
  assumeYes: ['--noconfirm'],
  pin: { pattern: /^[^=<>]+[=<>]=?./, example: 'curl=8.5.0-1', options: [] },
  caches: ['/var/cache/pacman/pkg'],
  lists: ['/var/lib/pacman/sync'],
  clean: ['pacman -Scc --noconfirm'],
  mounts: ['/var/cache/pacman/pkg'],
  locked: true,
});
