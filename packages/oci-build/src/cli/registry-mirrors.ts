import { buildError } from "../errors.js";
import { withoutSecrets } from "../options/registry-choices.js";

/** The mirrors that `--registry-mirror host=url` name, by registry, in their order.
 * @throws OciBuildError OPTION_INVALID */
export function registryMirrors(given: readonly string[]): Record<string, readonly string[]> {
  const byRegistry: Record<string, readonly string[]> = {};
  for (const text of given) {
    const equals = text.indexOf("=");
    const registry = text.slice(0, Math.max(equals, 0));
    const mirror = equals < 0 ? "" : text.slice(equals + 1);
    if (registry === "" || mirror === "") {
      const value = withoutSecrets(text);
      throw buildError("OPTION_INVALID", {
        message: `--registry-mirror ${value}: a mirror is given as host=url`,
        data: { option: "--registry-mirror", value },
        hint: "Write --registry-mirror docker.io=https://mirror.example.",
      });
    }
    byRegistry[registry] = [...(byRegistry[registry] ?? []), mirror];
  }
  return byRegistry;
}
