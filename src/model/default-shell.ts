import { bottomStage, type StageInfo } from './stages.ts';

/** What `/bin/sh` is: `dash` has no pipefail in the releases of today, the other two have it. */
export type PlainShell = 'dash' | 'busybox' | 'bash';

const names = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

const DEBIAN = names(`buildpack-deps debian drupal elixir erlang gcc ghost golang gradle haproxy haskell httpd jruby
  mariadb memcached mono nginx node perl php pypy python r-base redis ruby rust tomcat ubuntu wordpress`);

const BASH = names('almalinux amazonlinux archlinux centos fedora oraclelinux rockylinux');

const VENDORS: readonly (readonly [RegExp, PlainShell])[] = [
  [/^registry\.access\.redhat\.com\/ubi\d+(?:\/|-|$)/, 'bash'],
  [/^quay\.io\/(?:centos\/centos|rockylinux\/rockylinux|almalinuxorg\/almalinux)$/, 'bash'],
  [/^docker\.io\/(?:opensuse\/(?:leap|tumbleweed)|rockylinux\/rockylinux|redhat\/ubi\d+(?:-minimal)?)$/, 'bash'],
  [/^public\.ecr\.aws\/amazonlinux\/amazonlinux$/, 'bash'],
  [/^cgr\.dev\/chainguard\/wolfi-base$/, 'busybox'],
  [/^docker\.io\/bitnami\/minideb$/, 'dash'],
];

/** The default shell of the image that a stage is built on, as far as the image's name tells. */
export const plainShellOf = (stage: StageInfo): PlainShell | undefined => {
  const { base } = bottomStage(stage);
  if (base.kind !== 'image' || !base.reference) return undefined;
  const { registry, repository, tag = '' } = base.reference;
  const official = registry === 'docker.io' ? /^library\/([^/]+)$/.exec(repository)?.[1] : undefined;
  if (official === undefined) return VENDORS.find(([name]) => name.test(`${registry}/${repository}`))?.[1];
  if (/windows|nanoserver/.test(tag)) return undefined;
  if (official === 'alpine' || official === 'busybox' || /alpine|busybox/.test(tag)) return 'busybox';
  if (BASH.has(official)) return 'bash';
  return DEBIAN.has(official) ? 'dash' : undefined;
};
