/** An image that was found: the paths of its config and layers, and the config as far as it could be read. */
export interface FoundImage {
  readonly configPath: string;
  readonly config: unknown;
  readonly layers: readonly string[];
}
