/**
 * V8's flags where several threads check many files. It takes a function to its optimising compiler after so much of its
 * code has run, twenty times what is usual: most of a run is over by then, and the linter's many functions take more time
 * to compile than they save. What a file needs is garbage after it: with 16 MB of room from the start, little of it is
 * copied to and fro before.
 */
export const THREAD_FLAGS = ['--interrupt-budget=3000000', '--min-semi-space-size=16'] as const;
