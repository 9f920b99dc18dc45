/** A half-open range of UTF-16 offsets into the text of one file (its byte order mark not counted). */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export const isInside = (offset: number, range: Range): boolean => range.start <= offset && offset < range.end;

export const overlaps = (a: Range, b: Range): boolean => a.start < b.end && b.start < a.end;
