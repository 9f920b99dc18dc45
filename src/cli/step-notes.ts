import type { BuildEvent } from '../build/events.ts';
import { instructionText, type StepNote } from '../build/notes.ts';
import type { BuildRequest } from '../build/request.ts';
import type { ValidFile } from '../model/validate.ts';

/** A build whose steps are noted as they end. */
export interface NotedBuild {
  readonly request: BuildRequest;
  readonly steps: readonly StepNote[];
}

export const notingSteps = (request: BuildRequest, { file: { text } }: ValidFile): NotedBuild => {
  const steps: StepNote[] = [];
  const report = (event: BuildEvent) => {
    // Triggers of base images stand behind the file's own text.
    if (event.kind === 'end' && event.step.node.end <= text.length) {
      const { cached, milliseconds, step } = event;
      const instruction = instructionText(text, step.node);
      steps.push({ line: step.node.lines.first, instruction, cached, milliseconds });
    }
    request.report(event);
  };
  return { request: { ...request, report }, steps };
};
