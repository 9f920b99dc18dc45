import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Ends a run with one line for machines: `N passed, N failed`. A file that could not be run counts as one failure. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      const states = Array.from(module.children.allTests(), (test) => test.result().state);
      passed += states.filter((state) => state === 'passed').length;
      failed += states.filter((state) => state === 'failed').length + Number(module.errors().length > 0);
    }
    // After what the other reporters print.
    process.once('exit', () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }
}
