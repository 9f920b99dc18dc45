/** As long nobody wonders what is going on. */
const UNTOLD = 2_000;

/** Tells what goes on, where it takes long. */
export const patiently = async <T>(action: Promise<T>, text: string, tell: (text: string) => void): Promise<T> => {
  const timer = setTimeout(() => tell(text), UNTOLD);
  try {
    return await action;
  } finally {
    clearTimeout(timer);
  }
};
