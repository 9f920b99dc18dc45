import { defineRule, isEnded } from '#lint';

export default defineRule({
  name: 'end-of-life-base',
  codes: [],
  category: 'security',
  summary: 'A base image is of a release that gets no security updates any more',
  why: `What is found in it from now on stays in it and in all that is built upon it; support that is paid for does not reach the public image.
    In time its packages can no longer be installed either, for the mirrors drop them.`,
  severity: 'info',
  when: { instructions: ['From'] },
  examples: [
    { bad: 'FROM ubuntu:16.04\nRUN apt-get update\n', good: 'FROM ubuntu:24.04\nRUN apt-get update\n' },
    { title: 'By its code name', bad: 'FROM debian:stretch-slim\n' },
    { title: 'Below a newer program', bad: 'FROM python:3.12-buster\n' },
    {
      title: 'An image that nobody makes any more',
      bad: 'FROM openjdk:8-jre\n',
      good: 'FROM eclipse-temurin:21-jre\n',
    },
    { title: 'Behind an ARG', bad: 'ARG NODE_VERSION=14\nFROM node:${NODE_VERSION}-alpine\n' },
    {
      title: 'Said once',
      bad: 'FROM node:14 AS build\nRUN npm ci\nFROM node:14\nCOPY --from=build /app /app\n',
    },
    { title: 'Of one of which the newest is taken', good: 'FROM python:3\nFROM node\nFROM php:8-apache\n' },
    {
      title: 'Of another maker, who may see to it',
      good: 'FROM registry.example.com/ubuntu:16.04\nFROM team/node:8\n',
    },
  ],
  check() {
    const told = new Set<string>();
    return {
      *Stage({ from }, { stage }) {
        const base = stage?.base;
        if (!from || base?.kind !== 'image' || !base.reference || told.has(base.text) || !isEnded(base.reference))
          return;
        told.add(base.text);
        const release = /(?:openjdk|java)$/.test(base.reference.repository) ? 'a release of `eclipse-temurin`' : 'one';
        yield {
          at: from.image,
          message: `\`${base.text}\` gets no security updates any more`,
          help: `Take ${release} that is still maintained; https://endoflife.date lists them.`,
        };
      },
    };
  },
});
