const NAME = /^[A-Za-z0-9_.-]{1,64}(?:\/[A-Za-z0-9_.-]{1,64}){1,2}$/;

/** Whether a text can be a platform in a lock file. Registries may tell of others, which are then left out. */
export function isPlatformName(text: string): boolean {
  return NAME.test(text);
}
