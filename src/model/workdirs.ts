import { entryOf } from '../source/entry.ts';
import { officialName } from './known-images.ts';
import type { Base } from './stages.ts';

const ENDS_IN_ROOT =
  /^(?:(?:docker\.io\/|public\.ecr\.aws\/docker\/|mirror\.gcr\.io\/)?(?:library\/)?(?:almalinux|alpine|amazoncorretto|amazonlinux|archlinux|buildpack-deps|busybox|centos|debian|eclipse-temurin|elixir|erlang|fedora|gcc|haskell|maven|mono|nginx|node|openjdk|oraclelinux|python|rockylinux|ruby|rust|swift|ubuntu)|mcr\.microsoft\.com\/dotnet\/(?:sdk|aspnet|runtime|runtime-deps)|nvidia\/cuda|redhat\/ubi\d+(?:-\w+)?)(?:[:@]|$)/;

/** Whether the image is known to set no WORKDIR, so that relative paths begin at `/`. */
export const endsInRoot = (base: Base): boolean =>
  base.kind === 'image' && ENDS_IN_ROOT.test(base.text) && !OTHERWISE.test(base.text);

const OTHERWISE = /windows|nanoserver|onbuild/i;

const WORKDIRS: Readonly<Record<string, string>> = {
  composer: '/app',
  golang: '/go',
  httpd: '/usr/local/apache2',
  tomcat: '/usr/local/tomcat',
};

/** The WORKDIR that an official image is known to set. */
export const knownWorkdir = (base: Base): string | undefined =>
  base.kind === 'image' && base.reference && !OTHERWISE.test(base.text)
    ? entryOf(WORKDIRS, officialName(base.reference) ?? '')
    : undefined;
