import type { Directive, Iechorfile } from '../ast/nodes.ts';
import { nearest } from '../source/nearest.ts';
import type { Range } from '../source/range.ts';

/** The `# syntax=` of a file that asks for another grammar than the one that is read and built here. */
export const otherFrontend = ({ directives }: Pick<Iechorfile, 'directives'>): Directive | undefined => {
  const directive = directives.find(({ name }) => name === 'syntax');
  return directive && !OWN.test(directive.value.text) ? directive : undefined;
};

const OWN = /^(?:docker\.io\/)?(?:docker\/dockerfile|iechor\/iechorfile)(?:-upstream)?(?:[:@].*)?$/;

/** The wrong name of a frontend, as a range of the value that has it. */
export interface MisspeltFrontend extends Range {
  readonly name: string;
  readonly meant: string;
}

/** The frontend that the value of `# syntax=` nearly names; undefined where it names that, or another one. */
export const misspeltFrontend = (image: string): MisspeltFrontend | undefined => {
  const [, prefix = '', name = '', organisation = '', last = ''] = NAMED.exec(image) ?? [];
  const meant = meantFrontend(organisation, last);
  return meant === undefined ? undefined : { name, meant, start: prefix.length, end: prefix.length + name.length };
};

const NAMED = /^(docker\.io\/)?(([\w.-]+)\/([\w.-]+))(?=[:@\s]|$)/;

const meantFrontend = (organisation: string, name: string): string | undefined => {
  const isDocker = organisation === 'docker';
  const known = isDocker ? nearest(name, FRONTENDS) : FRONTENDS.find((each) => each === name);
  if (!known || (!isDocker && nearest(organisation, ['docker']) === undefined)) return undefined;
  return isDocker && known === name ? undefined : `docker/${known}`;
};

const FRONTENDS = ['dockerfile', 'dockerfile-upstream'];
