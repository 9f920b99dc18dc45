/** The port on which a source says that it listens; undefined where it says none, or several. */
export const portIn = (...texts: readonly (string | undefined)[]): number | undefined => {
  const found = new Set<number>();
  for (const text of texts)
    for (const pattern of PATTERNS) for (const [, port] of (text ?? '').matchAll(pattern)) found.add(Number(port));
  const [only, ...more] = [...found].filter((port) => port > 0 && port < 65_536);
  return more.length === 0 ? only : undefined;
};

const PATTERNS = [
  // .listen(3000), listen({ port: 3000 })
  /\blisten\(\s*(?:\{[^}]{0,200}?\bport:\s*)?(\d{2,5})\b/g,
  // process.env.PORT || 3000
  /\bPORT\b["')\]]*\s*(?:\|\||\?\?|,)\s*["']?(\d{2,5})\b/g,
  // const PORT = 3000
  /\bport\s*(?::\s*\w+\s*)?:?=\s*["']?(\d{2,5})\b/gi,
  // ListenAndServe(":8080"), bind("0.0.0.0:3000")
  /["'](?:0\.0\.0\.0|\[::\])?:(\d{2,5})["']/g,
];
