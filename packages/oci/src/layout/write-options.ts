/** How an archive or a layout is written. */
export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
}
