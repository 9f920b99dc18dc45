import { processIo } from './io.ts';
import { main } from './main.ts';

// No top-level await: the bundle is CommonJS, which starts faster.
main(process.argv.slice(2), processIo()).then((code) => {
  // What was written to a console of Windows is still on its way; elsewhere all is done, and need not be taken down.
  if (process.platform === 'win32') process.exitCode = code;
  else process.exit(code);
});
