import type { Expose } from '../ast/nodes.ts';
import type { Word } from '../ast/words.ts';
import { expandWords } from './expand.ts';
import { type PortRange, readPort } from './ports.ts';
import { environmentOf } from './scope.ts';
import type { State } from './state.ts';

/** One port, or range of ports, that EXPOSE names. */
export interface ExposedPort {
  /** Where it stands; one variable may hold several. */
  readonly word: Word;
  /** Its variables expanded. */
  readonly text: string;
  /** What BuildKit reads there, or why it refuses it. */
  readonly port: PortRange | string;
}

/** The ports of an EXPOSE in the state that it meets; those that depend on something unknown are left out. */
export const exposedPorts = (node: Expose, state: State): readonly ExposedPort[] =>
  node.ports.flatMap((word) =>
    expandWords(word.parts, environmentOf(state)).words.map((text) => ({ word, text, port: readPort(text) })),
  );
