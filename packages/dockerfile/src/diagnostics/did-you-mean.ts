/** The hint that names something near; undefined without anything. */
export function didYouMean(near: string | undefined): string | undefined {
  return near && `Did you mean ${near}?`;
}
