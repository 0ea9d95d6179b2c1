/** A place in a file: `offset` counts UTF-16 code units from 0, `line` and `column` count from 1. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A half-open range of a file. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}
