import type { StepLayer } from './step-layer.ts';

/** Steps of builds that go on at once, by their keys: the first that comes makes one, and the others wait for it. */
export type CommonSteps = Map<string, Promise<Pick<StepLayer, 'layer' | 'created'>>>;
