import { expect } from 'vitest';
import { parse } from '../../src/ast/create.ts';
import { type Diagnostic, type Edit, type Rule, SAFETY_ORDER } from '../../src/lint/index.ts';
import { planImage } from '../../src/model/plan.ts';
import type { ImageConfig } from '../../src/model/scope.ts';
import { BASE } from './plan.ts';

/** A finding that can be shown: places in the file, sentences as the house writes them, a fix no safer than declared. */
export const expectSound = (rule: Rule, text: string, { range, message, help, related, fix }: Diagnostic): void => {
  for (const { start, end } of [range, ...(related ?? []).map((each) => each.range)]) {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.length);
  }
  for (const said of [message, ...(related ?? []).map((each) => each.message)]) expect(said).toMatch(CLAUSE);
  if (help !== undefined) expect(help).toMatch(/^\S[\s\S]*[.`:)]$/);
  if (!fix) return;
  expect(rule.fix, 'a finding has a fix, so the rule declares one').toBeDefined();
  expect(SAFETY_ORDER.indexOf(fix.safety)).toBeGreaterThanOrEqual(SAFETY_ORDER.indexOf(rule.fix?.safety ?? 'manual'));
  expect(fix.title).toMatch(CLAUSE);
  expectSoundEdits(
    text,
    fix.edits.toSorted((a, b) => a.range.start - b.range.start),
  );
};

const CLAUSE = /^[^\s\n](?:[^\n]*[^\s.,;:!])?$/;

const expectSoundEdits = (text: string, edits: readonly Edit[]): void => {
  expect(edits).not.toEqual([]);
  let at = 0;
  for (const { range, text: inserted } of edits) {
    expect(range.start, 'edits of one fix do not overlap').toBeGreaterThanOrEqual(at);
    expect(range.end).toBeGreaterThanOrEqual(range.start);
    expect(range.end).toBeLessThanOrEqual(text.length);
    expect(text.slice(range.start, range.end), 'an edit changes something').not.toBe(inserted);
    at = range.end;
  }
};

export const expectNoNewProblems = (before: string, after: string): void => {
  const known = parse(before).problems.map(({ message }) => message);
  expect(parse(after).problems.filter(({ message }) => !known.includes(message))).toEqual([]);
};

/**
 * Comments stay, and the image is the same as far as its configuration tells, whatever the base image has; one that could
 * not be built is free.
 */
export const expectSafe = (before: string, after: string, deletesComments = false): void => {
  if (!deletesComments) expect(commentsIn(after)).toEqual(commentsIn(before));
  for (const base of [BASE, OTHER_BASE]) {
    const plan = planOf(before, base);
    if (plan) expect(planOf(after, base), 'a safe fix leaves the image as it is').toEqual(plan);
  }
};

const OTHER_BASE: ImageConfig = { ...BASE, workdir: '/base', user: 'someone', env: new Map([['BASE', 'other']]) };

/** Those that say something. */
export const commentsIn = (text: string): readonly string[] =>
  parse(text)
    .comments.map((comment) => comment.text.trim())
    .filter((comment) => comment !== '')
    .toSorted();

/** Exec form instead of shell form is the same program in other words, so that commands are left out. */
const planOf = (text: string, baseConfig: ImageConfig): object | undefined => {
  const plan = planImage(parse(text), { platform: 'linux/amd64', baseConfig });
  if ('refusal' in plan) return undefined;
  const { env, labels, workdir, user, shell, ports, volumes, stopsignal, onbuild } = plan.config;
  const sets = { ports: ports.toSorted(), volumes: volumes.toSorted() };
  return { env: [...env], labels: new Map(labels), workdir, user, shell, stopsignal, onbuild: onbuild.length, ...sets };
};
