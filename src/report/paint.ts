type Style = (text: string) => string;

/** The styles of text for people. */
export interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly yellow: Style;
  readonly green: Style;
  readonly cyan: Style;
  readonly blue: Style;
  readonly magenta: Style;
}

const same: Style = (text) => text;

const PLAIN: Paint = {
  bold: same,
  dim: same,
  red: same,
  yellow: same,
  green: same,
  cyan: same,
  blue: same,
  magenta: same,
};

/** chalk's styles, or none; chalk is loaded only where there are colours. */
export const paintOf = async (color: boolean): Promise<Paint> => {
  if (!color) return PLAIN;
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 });
};
