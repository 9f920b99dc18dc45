import { processIo } from './io.ts';
import { main } from './main.ts';

// No top-level await: the bundle is CommonJS, which starts faster.
main(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
