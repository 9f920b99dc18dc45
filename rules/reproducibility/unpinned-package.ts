import { defineRule, hadolintPinsIn, programsOf, unpinnedForHadolint, unpinnedInstalls, unpinnedProblem } from '#lint';

export default defineRule({
  name: 'unpinned-package',
  codes: ['DL3008', 'DL3018', 'DL3033', 'DL3037', 'DL3041', 'DF005', 'DF052'],
  category: 'reproducibility',
  summary: 'A package of the distribution is installed without a version',
  why: `The same file gives another image as soon as the distribution has a newer package. Versions in the file keep that from happening as long
    as the mirror has them; a base image by digest, or a dated snapshot as mirror, does the same for all packages at once.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run'], programs: programsOf('apt', 'apk', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper') },
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl git=1:2.39.5-0+deb12u2\n',
    },
    { bad: 'FROM alpine:3.22\nRUN apk add --no-cache curl\n' },
    { title: 'A name that ends in `+`', bad: 'FROM alpine:3.22\nRUN apk add --no-cache g++\n' },
    { bad: 'FROM rockylinux:9\nRUN dnf install -y tomcat && dnf clean all\n' },
    {
      title: 'With versions',
      good: 'FROM debian:12\nARG CURL=7.88.1-10+deb12u12\nRUN apt-get update && apt-get install -y curl=$CURL\n',
    },
    { title: 'A version that may grow', good: 'FROM alpine:3.22\nRUN apk add --no-cache "curl~8.14" "git>2"\n' },
    { good: 'FROM rockylinux:9\nRUN dnf install -y tomcat-9.0.87 @development && dnf module install -y nodejs:20\n' },
    { title: 'A file is what it is', good: 'FROM debian:12\nRUN apt-get install -y ./tool.deb\n' },
    {
      title: 'A list that the file does not show',
      good: 'FROM debian:12\nRUN apt-get install -y $(cat packages.txt)\n',
    },
    {
      title: 'A dated snapshot',
      good: 'FROM debian:12\nRUN echo "deb http://snapshot.debian.org/archive/debian/20260101T000000Z bookworm main" > /etc/apt/sources.list\nRUN apt-get update && apt-get install -y curl\n',
    },
    {
      title: 'hadolint knows the ARGs of other stages, and their ENVs not',
      as: 'hadolint',
      good: 'FROM fedora:42 AS build\nARG V=2.51.0-2.fc42\nFROM fedora:42\nRUN dnf install -y git-core-$V\n',
    },
    {
      title: 'hadolint takes what it cannot read for a package',
      as: 'hadolint',
      bad: 'FROM debian:12\nRUN apt-get install -y $PACKAGES\n',
    },
  ],
  check({ file, model, as }) {
    const hasSnapshot = /snapshot\.(?:debian|ubuntu)\./.test(file.text);
    const hadolintPins = as && hadolintPinsIn(model, 'system');
    return {
      *Run(node) {
        if (hadolintPins) {
          for (const pin of hadolintPins(node)) yield { ...unpinnedForHadolint(pin), anchors: { hadolint: node } };
        } else {
          for (const install of unpinnedInstalls(model, node, 'system')) {
            if (install.manager.name !== 'apt' || !hasSnapshot) yield unpinnedProblem(install, CODES);
          }
        }
      },
    };
  },
});

const CODES: Readonly<Record<string, readonly string[]>> = {
  apt: ['DL3008', 'DF005'],
  apk: ['DL3018', 'DF052'],
  yum: ['DL3033'],
  dnf: ['DL3041'],
  microdnf: ['DL3041'],
  zypper: ['DL3037'],
};
