const STEPS = `RUN apt-get update && apt-get install -y --no-install-recommends curl \\
    && rm -rf /var/lib/apt/lists/*
ENV A="b c" D=$E
COPY --chown=app . /app
`;

const SCRIPT = `RUN <<EOF
set -e
for f in a b c; do
  echo "$f" | grep x
done
EOF
`;

/** A file of 3,000 lines as editors meet them at worst: of one stage, or of many with scripts in them. */
export const longFile = (shape: 'one stage' | 'many stages'): string => {
  if (shape === 'one stage') return `FROM debian:12\n${STEPS.repeat(750)}`;
  return Array.from(
    { length: 107 },
    (_, index) => `FROM debian:12 AS s${index}\nARG V=${index}\n${SCRIPT}${STEPS.repeat(5)}`,
  ).join('');
};
