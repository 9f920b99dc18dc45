import { entryOf } from '../source/entry.ts';

/** Tags under which well-known images are kept up to date, the likeliest first; a registry knows them all. */
const TAGS: Readonly<Record<string, string>> = {
  alpine: '3.22 3.21 3.20 latest',
  amazoncorretto: '21 21-alpine 17 17-alpine',
  bash: '5.3 5.2',
  busybox: '1.37 stable stable-musl',
  caddy: '2-alpine 2 2-builder',
  composer: '2',
  debian: 'trixie-slim bookworm-slim bullseye-slim trixie bookworm stable-slim',
  'eclipse-temurin': '21-jre 21-jdk 21-jre-alpine 21-jdk-alpine 17-jre 17-jdk',
  elixir: '1.18-alpine 1.18-slim 1.18',
  fedora: '42 41',
  golang: '1.25-alpine 1.25 1.24-alpine 1.24 1.24-bookworm',
  gradle: '8-jdk21 8-jdk21-alpine 8-jdk17',
  haproxy: '3.2-alpine 3.2 3.0',
  httpd: '2.4-alpine 2.4',
  mariadb: '11.4 11.8 10.11',
  maven: '3-eclipse-temurin-21 3-eclipse-temurin-21-alpine 3-eclipse-temurin-17',
  memcached: '1.6-alpine 1.6',
  mongo: '8 7',
  mysql: '8.4 9',
  nginx: '1.28-alpine 1.28 stable-alpine stable-alpine-slim mainline-alpine',
  node: '24-alpine 24-slim 24-bookworm-slim 24 22-alpine 22-slim 22-bookworm-slim 22 lts-alpine lts-slim',
  oraclelinux: '9-slim 9 8-slim',
  perl: '5.40-slim 5.40',
  php: '8.4-fpm-alpine 8.4-fpm 8.4-apache 8.4-cli-alpine 8.4-cli 8.3-fpm-alpine 8.3-apache',
  postgres: '17-alpine 17 16-alpine 16',
  python: '3.13-slim 3.13-alpine 3.13 3.12-slim 3.12-alpine 3.12 3.13-slim-bookworm',
  rabbitmq: '4-management-alpine 4-alpine 4',
  redis: '8-alpine 8 7-alpine 7',
  rockylinux: '9 9-minimal 8',
  ruby: '3.4-slim 3.4-alpine 3.4 3.3-slim 3.3-alpine',
  rust: '1-slim 1-alpine 1 1-slim-bookworm 1-bookworm',
  swift: '6.1-slim 6.1',
  tomcat: '11-jre21 10.1-jre21',
  traefik: 'v3',
  ubuntu: '24.04 22.04 noble jammy',
  'gcr.io/distroless/base-debian12': 'nonroot latest debug-nonroot',
  'gcr.io/distroless/cc-debian12': 'nonroot latest debug-nonroot',
  'gcr.io/distroless/static-debian12': 'nonroot latest debug-nonroot',
  'mcr.microsoft.com/dotnet/aspnet': '9.0-alpine 9.0 8.0-alpine 8.0 8.0-jammy-chiseled',
  'mcr.microsoft.com/dotnet/runtime': '9.0-alpine 9.0 8.0-alpine 8.0',
  'mcr.microsoft.com/dotnet/sdk': '9.0-alpine 9.0 8.0-alpine 8.0',
  'registry.access.redhat.com/ubi9/ubi-minimal': 'latest',
  'docker/dockerfile': '1 1-labs',
};

/** The tags that are known of an image, as it is written. */
export const knownTags = (name: string): readonly string[] => {
  const short = name.replace(/^(?:docker\.io\/)?(?:library\/)?/, '');
  return entryOf(TAGS, short)?.split(' ') ?? [];
};

/** Images of other places than Docker Hub of which tags are known. */
export const IMAGES_ELSEWHERE: readonly string[] = Object.keys(TAGS).filter((name) => name.includes('.'));
