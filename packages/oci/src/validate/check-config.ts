import { configShape } from "../image/document-shapes.js";
import { shown } from "../json/shape.js";
import type { PlacedDescriptor } from "./check-blob.js";
import { at, checkDocument, itemsOf, memberOf, stringsOf } from "./check-document.js";
import type { Validation } from "./validation.js";

/** A config as far as it could be read, and its diffIDs as far as it has some. */
export interface CheckedConfig {
  readonly config: unknown;
  readonly diffIds: readonly string[];
}

/** Checks an image config by itself and against the count of layers. */
export async function checkConfig(
  validation: Validation,
  path: string,
  layerCount: number,
): Promise<CheckedConfig> {
  const config = await checkDocument(validation, path, configShape);
  if (config === undefined) return { config, diffIds: [] };
  const diffIds = stringsOf(memberOf(memberOf(config, "rootfs"), "diff_ids"));
  checkHistory(validation, { path, config, diffIds: diffIds.length });
  checkEnv(validation, path, config);
  if (diffIds.length !== layerCount) {
    const found = `${diffIds.length} diffIDs`;
    const where = at(path, "/rootfs/diff_ids");
    validation.log.add({ path: where, rule: "config.diff-ids-count", stated: `${layerCount} layers`, found });
  }
  return { config, diffIds };
}

/** History may be left out; where it is there, it must account for every layer. */
function checkHistory(
  { log }: Validation,
  { path, config, diffIds }: { path: string; config: unknown; diffIds: number },
): void {
  const history = memberOf(config, "history");
  if (!Array.isArray(history)) return;
  const withLayer = itemsOf(history).filter((entry) => memberOf(entry, "empty_layer") !== true).length;
  if (withLayer === diffIds) return;
  const found = `${withLayer} entries with a layer`;
  log.add({ path: at(path, "/history"), rule: "config.history-count", stated: `${diffIds} diffIDs`, found });
}

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties */
function checkEnv({ log }: Validation, path: string, config: unknown): void {
  for (const [index, variable] of itemsOf(memberOf(memberOf(config, "config"), "Env")).entries()) {
    if (typeof variable !== "string" || variable.indexOf("=") > 0) continue;
    const where = at(path, `/config/Env/${index}`);
    log.add({ path: where, rule: "config.env", stated: "NAME=value", found: shown(variable) });
  }
}

/** Checks that an index states the platform that the config has. An index may leave the variant open. */
export function checkPlatform({ log }: Validation, placed: PlacedDescriptor, config: unknown): void {
  const { platform } = placed.descriptor;
  if (platform === undefined || config === undefined) return;
  for (const name of ["os", "architecture", "variant"] as const) {
    const stated = platform[name];
    const found = memberOf(config, name);
    const isOpen = name === "variant" && (stated === undefined || found === undefined);
    if (isOpen || stated === found) continue;
    const where = at(placed.document, `${placed.pointer}/platform/${name}`);
    log.add({ path: where, rule: "config.platform", stated: shown(stated), found: shown(found) });
  }
}
