import type { Directive, Iechorfile } from '../ast/nodes.ts';
import { nearest } from '../source/nearest.ts';

/** The `# syntax=` of a file that asks for another grammar than the one that is read and built here. */
export const otherFrontend = ({ directives }: Pick<Iechorfile, 'directives'>): Directive | undefined => {
  const directive = directives.find(({ name }) => name === 'syntax');
  return directive && !OWN.test(directive.value.text) ? directive : undefined;
};

const OWN = /^(?:docker\.io\/)?(?:docker\/dockerfile|iechor\/iechorfile)(?:-upstream)?(?:[:@].*)?$/;

/** The frontend that `organisation/name` nearly is; undefined where it is that, or another one. */
export const meantFrontend = (organisation: string, name: string): string | undefined => {
  const isDocker = organisation === 'docker';
  const known = isDocker ? nearest(name, FRONTENDS) : FRONTENDS.find((each) => each === name);
  if (!known || (!isDocker && nearest(organisation, ['docker']) === undefined)) return undefined;
  return isDocker && known === name ? undefined : `docker/${known}`;
};

const FRONTENDS = ['dockerfile', 'dockerfile-upstream'];
