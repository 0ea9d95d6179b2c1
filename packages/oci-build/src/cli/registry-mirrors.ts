import { buildError } from "../errors.js";

/** The mirrors that `--registry-mirror host=url` name, by registry, in their order.
 * @throws OciBuildError OPTION_INVALID */
export function registryMirrors(given: readonly string[]): Record<string, readonly string[]> {
  const byRegistry: Record<string, readonly string[]> = {};
  for (const text of given) {
    const equals = text.indexOf("=");
    const registry = text.slice(0, Math.max(equals, 0));
    const mirror = equals < 0 ? "" : text.slice(equals + 1);
    if (registry === "" || mirror === "") {
      // The value stays untold: it may hold a password.
      throw buildError("OPTION_INVALID", {
        message: "--registry-mirror …: a mirror is host=url",
        data: { option: "--registry-mirror", value: "…" },
      });
    }
    byRegistry[registry] = [...(byRegistry[registry] ?? []), mirror];
  }
  return byRegistry;
}
