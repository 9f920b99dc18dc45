import { defineConfig } from 'vitest/config';

// `npm test` leaves out the suites whose names end in `.slow.test.ts`; `npm run test:slow` runs those alone.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './src/dev/reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
