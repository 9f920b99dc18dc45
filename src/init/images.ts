/** A version as projects name it, such as `22` or `3.13`; undefined where the text has none. */
export const versionIn = (text: string | undefined, parts: 1 | 2): string | undefined => {
  const [, major, minor] = /(?:^|[^\d.])(\d{1,3})(?:\.(\d{1,3}))?/.exec(text ?? '') ?? [];
  if (parts === 1 || major === undefined) return major;
  return minor === undefined ? undefined : `${major}.${minor}`;
};

/** The version of two that is the later. */
export const laterOf = (one: string, other: string | undefined): string => {
  if (other === undefined) return one;
  return one.localeCompare(other, 'en', { numeric: true }) >= 0 ? one : other;
};

/** The versions that a project gets which names none. Everything `init` pins is on this page. */
export const VERSIONS = {
  node: '24',
  pnpm: '10.17.1',
  python: '3.13',
  poetry: '2.2.1',
  go: '1.25',
  java: '21',
  ruby: '3.4',
  php: '8.4',
  dotnet: '8.0',
} as const;

/** Where images come from: tags of a release line, which get security updates and no new behaviour. */
export const IMAGES = {
  node: (version: string) => `node:${version}-alpine`,
  bun: 'oven/bun:1.2-alpine',
  python: (version: string) => `python:${version}-slim`,
  uv: 'ghcr.io/astral-sh/uv:0.8',
  go: (version: string) => `golang:${version}-alpine`,
  rust: 'rust:1.90-bookworm',
  maven: (version: string) => `maven:3.9-eclipse-temurin-${version}`,
  gradle: (version: string) => `gradle:8-jdk${version}`,
  jdk: (version: string) => `eclipse-temurin:${version}-jdk`,
  jre: (version: string) => `eclipse-temurin:${version}-jre-alpine`,
  ruby: (version: string) => `ruby:${version}`,
  rubySlim: (version: string) => `ruby:${version}-slim`,
  composer: 'composer:2',
  php: (version: string) => `php:${version}-apache`,
  dotnetSdk: (version: string) => `mcr.microsoft.com/dotnet/sdk:${version}`,
  aspnet: (version: string) => `mcr.microsoft.com/dotnet/aspnet:${version}-alpine`,
  dotnet: (version: string) => `mcr.microsoft.com/dotnet/runtime:${version}-alpine`,
  /** Binaries that need glibc: it has certificates and OpenSSL, and no shell. */
  distroless: 'gcr.io/distroless/cc-debian12:nonroot',
  alpine: 'alpine:3.22',
  nginx: 'nginxinc/nginx-unprivileged:1.29-alpine',
} as const;

/** The account that programs run as, by number: those that the images bring, and one that nobody else has. */
export const USERS = {
  node: '1000:1000',
  nginx: '101:101',
  apache: '33:33',
  dotnet: '1654:1654',
  nonroot: '65532:65532',
  other: '10001:10001',
} as const;
