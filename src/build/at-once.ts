/** As many layers are on their way at once. */
const AT_ONCE = 3;

/** Does it for all, several at once; what was begun is waited for, and then the first failure is thrown. */
export const severalAtOnce = async <T>(items: readonly T[], action: (item: T, at: number) => Promise<void>) => {
  const rest = items.entries();
  const work = async () => {
    for (const [at, item] of rest) await action(item, at);
  };
  const all = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  const failed = all.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
};
