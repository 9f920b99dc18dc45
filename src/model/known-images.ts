import { entryOf } from '../source/entry.ts';
import { memoByName } from './memo.ts';
import type { ImageReference } from './reference.ts';
import { bottomStage, type StageInfo } from './stages.ts';

/** What is known of a public image without asking a registry. */
export interface KnownImage {
  /** Whom it ends as. `dropped`: root, but what it starts gives its rights up by itself. */
  readonly user: 'root' | 'other' | 'dropped';
  /** An account without rights that it brings, such as `node`. */
  readonly account: string | undefined;
  /** The program that makes accounts there; undefined where there is none, or none that is known. */
  readonly accounts: 'adduser' | 'useradd' | undefined;
  readonly hasShell: boolean;
  /** `none`: it has no ENTRYPOINT; `runs`: one that runs what CMD says. */
  readonly entrypoint: 'none' | 'runs' | undefined;
}

/** The image that a stage, or one below it, is built on; undefined where nothing is known of it. */
export const knownBaseOf = (stage: StageInfo): KnownImage | undefined => {
  const { base } = bottomStage(stage);
  return base.kind === 'image' && base.reference ? knownImage(base.reference) : undefined;
};

/** What is known of the image, if anything; of Windows images nothing is. */
export const knownImage = memoByName(
  ({ registry, repository, tag }: ImageReference) => `${registry}/${repository}:${tag}`,
  (reference) => knowledgeOf(reference),
);

const knowledgeOf = (reference: ImageReference): KnownImage | undefined => {
  const tag = reference.tag ?? '';
  if (/windows|nanoserver/i.test(`${reference.repository}:${tag}`)) return undefined;
  const official = officialName(reference);
  if (official !== undefined) return officialImage(official, tag);
  const name =
    reference.registry === 'docker.io' ? reference.repository : `${reference.registry}/${reference.repository}`;
  if (/-rootless$/.test(name) || /(?:^|-)rootless$/.test(tag)) return OTHER;
  return VENDORS.find(([pattern]) => pattern.test(name))?.[1](tag, name);
};

const ARCHITECTURE = /^(?:aarch64|amd64|armhf|arm32v[567]|arm64v8|i386|mips64le|ppc64le|riscv64|s390x|loong64)\//;
const MIRROR = /^(?:docker\/library|mirror\/docker\/library|library)\//;

/** The name of an official image of Docker Hub, also behind a mirror or as built for one architecture. */
export const officialName = ({ registry, repository }: ImageReference): string | undefined => {
  const path = repository.replace(ARCHITECTURE, 'library/');
  const isHub = registry === 'docker.io' || registry.endsWith('.docker.io') || registry === 'registry.hub.docker.com';
  if (isHub) return path.startsWith('library/') ? path.slice('library/'.length) : undefined;
  if (registry === 'mirror.gcr.io')
    return path.replace(MIRROR, '').includes('/') ? undefined : path.replace(MIRROR, '');
  const isMirror =
    registry === 'public.ecr.aws' || registry === 'mcr.microsoft.com' || registry === 'docker.m.daocloud.io';
  return isMirror && MIRROR.test(path) ? path.replace(MIRROR, '') : undefined;
};

const names = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

const PLAIN =
  names(`adoptopenjdk alpine amazoncorretto buildpack-deps busybox caddy dart debian elixir erlang gcc golang
  gradle haskell ibm-semeru-runtimes ibmjava java jruby mono openjdk perl pypy python r-base ruby rust sapmachine swift
  tomcat tomee ubuntu`);
const RED_HAT = names('almalinux amazonlinux centos fedora oraclelinux rockylinux');
const WITH_ENTRYPOINT = names('bash clojure composer eclipse-temurin gazebo julia maven node php ros');
const DROPPED =
  names(`arangodb backdrop bonita cassandra consul couchbase couchdb docker drupal eclipse-mosquitto elasticsearch
  friendica ghost httpd influxdb joomla kibana logstash mariadb matomo mediawiki mongo monica mysql neo4j nextcloud nginx
  odoo owncloud percona phpmyadmin postfixadmin postgres rabbitmq redis redmine rocket.chat sonarqube unit valkey vault
  wordpress zookeeper`);

const ACCOUNTS: Readonly<Record<string, string>> = { node: 'node', gradle: 'gradle', php: 'www-data' };

/** Those that end as an account of theirs. */
const UNPRIVILEGED: Readonly<Record<string, string>> = {
  haproxy: 'haproxy',
  jetty: 'jetty',
  memcached: 'memcache',
  solr: 'solr',
  varnish: 'varnish',
};

const ROOT: KnownImage = { user: 'root', account: undefined, accounts: 'useradd', hasShell: true, entrypoint: 'none' };
const OTHER: KnownImage = { ...ROOT, user: 'other', accounts: undefined, entrypoint: undefined };

const officialImage = (name: string, tag: string): KnownImage | undefined => {
  const isBusybox = name === 'alpine' || name === 'busybox' || name === 'bash' || tag.includes('alpine');
  const accounts = isBusybox ? 'adduser' : 'useradd';
  const own = entryOf(UNPRIVILEGED, name);
  if (own !== undefined) return { ...OTHER, account: own };
  // The workers of Apache and PHP-FPM run as www-data.
  const isDropped = DROPPED.has(name) || (name === 'php' && /apache|fpm/.test(tag));
  if (isDropped) return { ...ROOT, user: 'dropped', accounts, entrypoint: undefined };
  const account = name === 'ubuntu' ? ubuntuAccount(tag) : entryOf(ACCOUNTS, name);
  if (PLAIN.has(name)) return { ...ROOT, account, accounts };
  if (WITH_ENTRYPOINT.has(name)) return { ...ROOT, account, accounts, entrypoint: 'runs' };
  // The small ones have no `useradd`.
  const isSmall = name === 'amazonlinux' || /slim|minimal/.test(tag);
  if (RED_HAT.has(name)) return { ...ROOT, accounts: isSmall ? undefined : 'useradd' };
  return name === 'archlinux' || name === 'opensuse' ? ROOT : undefined;
};

/** Ubuntu has an account since 23.04. */
const ubuntuAccount = (tag: string): string | undefined =>
  /^(?:latest|rolling|noble|oracular|plucky|questing|2[4-9]\.\d\d|23\.(?:04|10))?(?:-|$)/.test(tag)
    ? 'ubuntu'
    : undefined;

type Vendor = readonly [name: RegExp, image: (tag: string, name: string) => KnownImage | undefined];

const VENDORS: readonly Vendor[] = [
  [/^gcr\.io\/distroless\//, (tag, name) => distroless(tag, name)],
  [/^mcr\.microsoft\.com\/(?:dotnet|dotnet\/core)\/(?:sdk|aspnet|runtime|runtime-deps)$/, (tag) => dotnet(tag)],
  [/^mcr\.microsoft\.com\/(?:vscode\/)?devcontainers\/universal$/, () => ({ ...OTHER, account: 'codespace' })],
  [/^mcr\.microsoft\.com\/(?:vscode\/)?devcontainers\//, () => ({ ...OTHER, user: 'dropped' })],
  [/^mcr\.microsoft\.com\/(?:azurelinux|cbl-mariner)\/base\/core$/, () => ({ ...ROOT, accounts: undefined })],
  [/^cgr\.dev\/chainguard\/wolfi-base$/, () => ({ ...ROOT, account: 'nonroot', accounts: 'adduser' })],
  [/^cgr\.dev\/chainguard\//, () => OTHER],
  [/^(?:registry\.access\.redhat\.com\/)?(?:redhat\/)?ubi\d+(?:\/ubi)?(?:-init)?$/, () => ROOT],
  [
    /^(?:registry\.access\.redhat\.com\/)?(?:redhat\/)?ubi\d+(?:\/ubi)?-(?:minimal|micro)$/,
    () => ({ ...ROOT, accounts: undefined }),
  ],
  [/^registry\.access\.redhat\.com\/ubi\d+\//, () => OTHER],
  [/^quay\.io\/(?:centos\/centos|rockylinux\/rockylinux|almalinuxorg\/almalinux)$/, () => ROOT],
  [/^registry\.fedoraproject\.org\/fedora$/, () => ROOT],
  [
    /^(?:ghcr\.io\/oracle|container-registry\.oracle\.com\/os)\/oraclelinux$/,
    (tag) => officialImage('oraclelinux', tag),
  ],
  [/^public\.ecr\.aws\/amazonlinux\/amazonlinux$/, (tag) => officialImage('amazonlinux', tag)],
  [/^(?:opensuse\/(?:leap|tumbleweed)|kalilinux\/kali-rolling|rockylinux\/rockylinux|bitnami\/minideb)$/, () => ROOT],
  [/^nvidia\/cuda$/, () => ({ ...ROOT, entrypoint: 'runs' })],
  [
    /^oven\/bun$/,
    (tag) => ({
      ...ROOT,
      account: 'bun',
      accounts: tag.includes('alpine') ? 'adduser' : 'useradd',
      entrypoint: 'runs',
    }),
  ],
  [
    /^(?:postgis\/postgis|timescale\/timescaledb|(?:lscr\.io\/)?linuxserver\/.*|phusion\/.*|webdevops\/.*)$/,
    () => ({ ...OTHER, user: 'dropped' }),
  ],
  [/^(?:docker\.elastic\.co\/[a-z-]+|confluentinc)\/./, () => OTHER],
  [/./, (_, name) => unprivileged(name)],
];

const UNPRIVILEGED_VENDORS: readonly (readonly [name: RegExp, account: string])[] = [
  [/^apache\/airflow$/, 'airflow'],
  [/^apache\/superset$/, 'superset'],
  [/^bitnami\/./, '1001'],
  [/^(?:cimg|circleci)\/./, 'circleci'],
  [/^grafana\/grafana(?:-oss|-enterprise)?$/, 'grafana'],
  [/^homebrew\/brew$/, 'linuxbrew'],
  [/^jenkins\/(?:jenkins|agent|inbound-agent)$/, 'jenkins'],
  [/^(?:quay\.io\/)?jupyter\/./, 'jovyan'],
  [/^mcr\.microsoft\.com\/mssql\/server$/, 'mssql'],
  [/^(?:quay\.io\/)?nginx(?:inc)?\/nginx-unprivileged$/, 'nginx'],
  [/^nodered\/node-red$/, 'node-red'],
  [/^(?:quay\.io\/)?prom(?:etheus)?\/./, 'nobody'],
  [/^quay\.io\/keycloak\/keycloak$/, 'keycloak'],
  [/^selenium\/./, 'seluser'],
];

const unprivileged = (name: string): KnownImage | undefined => {
  const account = UNPRIVILEGED_VENDORS.find(([pattern]) => pattern.test(name))?.[1];
  return account === undefined ? undefined : { ...OTHER, account };
};

const distroless = (tag: string, name: string): KnownImage => ({
  user: tag.includes('nonroot') ? 'other' : 'root',
  account: 'nonroot',
  accounts: undefined,
  hasShell: tag.includes('debug'),
  entrypoint: /\/(?:static|base|base-nossl|cc)(?:-debian\d+)?$/.test(name) ? 'none' : undefined,
});

/** Since .NET 8 there is an account `app`, and the images without a shell end as it. */
const dotnet = (tag: string): KnownImage => {
  const isOld = /^(?:[1-7]\.|latest-[1-7])/.test(tag);
  if (/chiseled|distroless/.test(tag)) return { ...OTHER, account: 'app', hasShell: false, entrypoint: 'none' };
  const accounts = tag.includes('alpine') ? 'adduser' : 'useradd';
  return { ...ROOT, account: isOld ? undefined : 'app', accounts };
};
