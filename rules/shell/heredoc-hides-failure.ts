import { defineRule, indentOf, insertBefore, lineEndOf, type Model, type Run, type ShellStatement } from '#lint';

export default defineRule({
  name: 'heredoc-hides-failure',
  codes: [],
  category: 'shell',
  summary: 'A heredoc goes on after a command that failed',
  why: `The lines of a heredoc are a script, and a shell goes on after a line that failed: the step succeeds when its last line does, and
    the layer with the half-done work is cached.`,
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'A command that may fail without harm stops the build then.' },
  when: { instructions: ['Run'] },
  examples: [
    {
      bad: 'FROM debian:13\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n',
      good: 'FROM debian:13\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nEOF\n',
    },
    {
      title: 'Indented',
      bad: 'FROM debian:13\nRUN <<EOF\n  make\n  make install\nEOF\n',
      good: 'FROM debian:13\nRUN <<EOF\n  set -e\n  make\n  make install\nEOF\n',
    },
    {
      title: 'The interpreter of the first line has no `-e` either',
      bad: 'FROM debian:13\nRUN <<EOF\n#!/bin/bash\nmake\nmake install\nEOF\n',
      good: 'FROM debian:13\nRUN <<EOF\n#!/bin/bash\nset -e\nmake\nmake install\nEOF\n',
    },
    {
      title: 'It stops by itself',
      good: 'FROM debian:13\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN <<EOF\nmake\nmake install\nEOF\n',
    },
    {
      title: 'One command, or joined ones',
      good: 'FROM debian:13\nRUN <<EOF\nmake &&\n  make install\nEOF\nRUN <<EOF\nexport A=b\nmake\nEOF\n',
    },
    { title: 'Not a shell', good: 'FROM python:3\nRUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nprint(2)\nEOF\n' },
    { title: 'A script of its own program', good: 'FROM debian:13\nRUN bash -e <<EOF\nmake\nmake install\nEOF\n' },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        const [heredoc, another] = node.heredocs;
        const script = heredoc && !another ? model.scriptOf(node) : undefined;
        if (!heredoc || !script || script.start !== heredoc.body.start || stopsAtFailure(model, node)) return;
        const hidden = script.statements.slice(0, -1).find((statement) => mayFail(statement));
        const first = script.statements[0];
        if (!hidden || !first || script.problems.length > 0) return;
        yield {
          at: heredoc.opener,
          message: 'The lines of this heredoc run on after one that fails, and only the last one decides',
          help: 'Begin it with `set -e`.',
          related: [{ range: hidden.command, message: 'If this fails, nobody notices' }],
          fix: {
            title: 'Begin with `set -e`',
            edits: [insertBefore(first, `set -e${lineEndOf(file, heredoc)}${indentOf(file, first)}`)],
          },
        };
      },
    };
  },
});

/** Whether the shell, the script's first line or a command in it says so. */
const stopsAtFailure = (model: Model, node: Run): boolean => {
  const [shebang = ''] = /^#!.*/.exec(node.heredocs[0]?.content ?? '') ?? [];
  if (hasErrexit(shebang.split(/\s+/).slice(1)) || hasErrexit(model.shellOf(node).argv?.slice(1) ?? [])) return true;
  return model
    .commandsOf(node)
    .some(({ name, arguments: words }) => name === 'set' && hasErrexit(words.map(({ raw }) => raw)));
};

const hasErrexit = (words: readonly string[]): boolean =>
  words.some((word) => /^-[a-z]*e/.test(word) || word === 'errexit');

/** Whether its failure would matter: it does more than to set or to print something. */
const mayFail = ({ command }: ShellStatement): boolean => {
  if (command.kind === 'AndOrList') return !command.operators.some(({ text }) => text === '||');
  return command.kind !== 'SimpleCommand' || !HARMLESS.has(command.words[0]?.text ?? 'echo');
};

const HARMLESS = new Set(['echo', 'export', 'set', 'true', ':', 'printf', 'umask', 'unset', 'alias', 'shopt', 'trap']);
