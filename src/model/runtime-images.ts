import type { Language } from './builds.ts';
import type { Base } from './stages.ts';
import { languageOfImage } from './toolchains.ts';

/** What the program needs of the image that it runs in. */
export interface RuntimeNeeds {
  /** Whether something is run by a shell there. */
  readonly shell: boolean;
  /** Whether it is linked against nothing. */
  readonly isStatic: boolean;
}

/** A small image for what was built on the base; undefined where none is known. */
export const runtimeImage = (base: Base, language: Language, needs: RuntimeNeeds): string | undefined => {
  if (base.kind !== 'image') return undefined;
  const { repository = '', tag = '' } = base.reference ?? {};
  if (language === 'java') return javaRuntime(repository, tag);
  if (language === 'dotnet')
    return base.text.includes('dotnet/sdk') ? base.text.replace('dotnet/sdk', 'dotnet/aspnet') : undefined;
  // What was installed on a system runs on that system.
  if (!languageOfImage(base)) return base.text;
  const [, alpine] = /alpine(\d+\.\d+)?/.exec(tag) ?? [];
  if (tag.includes('alpine')) return `alpine:${alpine ?? '3'}`;
  if (needs.isStatic && !needs.shell) return 'gcr.io/distroless/static:nonroot';
  if (/^(?:library\/)?(?:golang|rust|gcc)$/.test(repository))
    return `debian:${/bookworm|bullseye|trixie|buster/.exec(tag)?.[0] ?? 'stable'}-slim`;
  const [, release] = /^(bookworm|bullseye|trixie|buster|jammy|noble|focal)/.exec(tag) ?? [];
  if (repository !== 'library/buildpack-deps' || !release) return undefined;
  return /jammy|noble|focal/.test(release) ? `ubuntu:${release}` : `debian:${release}-slim`;
};

/** The same version of Java without its compiler. */
const javaRuntime = (repository: string, tag: string): string | undefined => {
  const isJdk = /(?:^|\/)(?:openjdk|java|eclipse-temurin|amazoncorretto|sapmachine|zulu-openjdk)$/.test(repository);
  const [, version] =
    /(?:jdk|temurin|openjdk|corretto|java)-?(\d+)/.exec(tag) ?? (isJdk ? /^(\d+)/.exec(tag) : null) ?? [];
  return version && `eclipse-temurin:${version}-jre${tag.includes('alpine') ? '-alpine' : ''}`;
};
