import { officialName } from './known-images.ts';
import { memoByName } from './memo.ts';
import type { ImageReference } from './reference.ts';

/** Whether the image is of a release that its makers have given up; of one that the table does not know it is not told. */
export const isEnded = memoByName(
  ({ registry, repository, tag }: ImageReference) => `${registry}/${repository}:${tag}`,
  (reference) => {
    const name = officialName(reference);
    const { tag = 'latest' } = reference;
    if (name === undefined || /windows|nanoserver/.test(tag)) return false;
    if (GIVEN_UP.test(name)) return !/^(?:2[5-9]|3\d)|-ea-/.test(tag);
    return CODE_NAMES.test(tag) || isBefore(name, tag) || (name === 'node' && NODE_NAMES.test(tag));
  },
);

/** Images of which there are no new ones. */
const GIVEN_UP = /^(?:centos|openjdk|java|adoptopenjdk)$/;

/** Debian to 10, Ubuntu to 20.04 and Alpine to 3.19, as tags of other images name them too. */
const CODE_NAMES =
  /(?:^|-)(?:wheezy|jessie|stretch|buster|precise|trusty|xenial|bionic|focal|alpine3\.(?:\d|1\d))(?:-|$)/;

/** Those with an odd number end early. */
const NODE_NAMES = /^(?:2[13]|argon|boron|carbon|dubnium|erbium|fermium|gallium|hydrogen)(?:[-.]|$)/;

/** The last version of each that has ended, with all before it. */
const LAST: Readonly<Record<string, readonly [major: number, minor?: number]>> = {
  alpine: [3, 19],
  amazonlinux: [1],
  debian: [10],
  fedora: [40],
  golang: [1, 22],
  mongo: [5],
  mysql: [5],
  node: [19],
  oraclelinux: [7],
  php: [8, 1],
  postgres: [13],
  python: [3, 9],
  ruby: [3, 1],
  ubuntu: [20, 4],
};

const isBefore = (name: string, tag: string): boolean => {
  const last = LAST[name];
  const [, first, second] = /^(\d+)(?:\.(\d+))?/.exec(tag) ?? [];
  if (!last || first === undefined) return false;
  const [major, minor] = last;
  if (Number(first) !== major) return Number(first) < major || (name === 'amazonlinux' && /^201\d/.test(first));
  // `python:3` is the newest of them.
  return minor === undefined || (second !== undefined && Number(second) <= minor);
};
