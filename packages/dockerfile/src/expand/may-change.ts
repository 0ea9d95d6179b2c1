const special = /[$'"\\`]/;

/** Whether expansion can give another text than the one written. */
export function mayChange(text: string): boolean {
  return special.test(text);
}
