/** An image, an archive or a registry that is not as it has to be. */
export class ImageError extends Error {
  /** Another attempt may succeed: the connection was lost, not the image wrong. */
  readonly isPassing: boolean;

  constructor(message: string, isPassing = false) {
    super(message);
    this.name = 'ImageError';
    this.isPassing = isPassing;
  }
}
