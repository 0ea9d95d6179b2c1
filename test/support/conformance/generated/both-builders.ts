import fs from "node:fs";
import path from "node:path";
import {
  CONFIG_MAX_BYTES,
  decodeManifest,
  isOciBuildError,
  MANIFEST_MAX_BYTES,
  openImageArchive,
  readBlob,
} from "@oci-build/oci";
import { build } from "oci-build";
import { buildWithBuildah } from "../../buildah.js";
import { type BrokenRule, configFields, type Outcome } from "./config-fields.js";
import { type Discrepancy, findDiscrepancies } from "./discrepancy.js";

/** A folder in which both builders build, and buildah's stores that no build is using. */
export interface Workshop {
  readonly folder: string;
  readonly idleStores: string[];
  builds: number;
}

/** Makes a workshop, with a small context, in an empty folder. */
export function openWorkshop(folder: string): Workshop {
  const context = path.join(folder, "context");
  fs.mkdirSync(path.join(context, "d"), { recursive: true });
  for (const name of ["a.txt", "b.txt", "d/one.txt"]) fs.writeFileSync(path.join(context, name), name);
  return { folder, idleStores: [], builds: 0 };
}

/** Builds a Dockerfile with both builders and says in what they differ. */
export async function compareBuilders(workshop: Workshop, text: string): Promise<readonly Discrepancy[]> {
  const { ours, buildah } = await buildTwice(workshop, text);
  return findDiscrepancies(ours, buildah);
}

/** Builds a Dockerfile with both builders. */
async function buildTwice(
  workshop: Workshop,
  text: string,
): Promise<{ readonly ours: Outcome; readonly buildah: Outcome }> {
  workshop.builds += 1;
  const folder = path.join(workshop.folder, String(workshop.builds));
  fs.mkdirSync(folder);
  const [ours, buildah] = await Promise.all([
    builtByUs(workshop, folder, text),
    builtByBuildah(workshop, folder, text),
  ]);
  fs.rmSync(folder, { recursive: true });
  return { ours, buildah };
}

async function builtByUs(workshop: Workshop, folder: string, text: string): Promise<Outcome> {
  const dest = path.join(folder, "ours.tar");
  try {
    await build({
      context: path.join(workshop.folder, "context"),
      dockerfile: { text },
      cacheDir: path.join(workshop.folder, "cache"),
      offline: true,
      output: { type: "oci", dest },
    });
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    return { ok: false, broken: brokenRules(error), message: error.message };
  }
  return { ok: true, fields: configFields(await readConfig(dest)) };
}

/** The errors among the diagnostics; for other errors their own code, and the line of their step. */
function brokenRules({
  code,
  data,
}: {
  readonly code: string;
  readonly data: unknown;
}): readonly BrokenRule[] {
  const { diagnostics = [], place } = data as ErrorData;
  const broken = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ rule, span }) => ({ rule, line: span.start.line }));
  return broken.length === 0 ? [{ rule: code, line: place?.span.start.line ?? 0 }] : broken;
}

interface Placed {
  readonly span: { readonly start: { readonly line: number } };
}

interface ErrorData {
  readonly diagnostics?: readonly (Placed & { readonly rule: string; readonly severity: string })[];
  readonly place?: Placed;
}

async function readConfig(archive: string): Promise<unknown> {
  const source = await openImageArchive(archive);
  try {
    const [descriptor] = (await source.index()).manifests;
    if (descriptor === undefined) throw new Error(`${archive} holds no image`);
    const manifest = decodeManifest(await readBlob(source, descriptor, MANIFEST_MAX_BYTES));
    return JSON.parse(
      (await readBlob(source, manifest.config, CONFIG_MAX_BYTES)).toString("utf8"),
    ) as unknown;
  } finally {
    await source.close();
  }
}

async function builtByBuildah(workshop: Workshop, folder: string, text: string): Promise<Outcome> {
  const dockerfile = path.join(folder, "Dockerfile");
  fs.writeFileSync(dockerfile, text);
  const store = workshop.idleStores.pop() ?? fs.mkdtempSync(path.join(workshop.folder, "store-"));
  const image = path.join(folder, "image");
  const context = path.join(workshop.folder, "context");
  const result = await buildWithBuildah({ store, image, context, dockerfile, args: [] });
  workshop.idleStores.push(store);
  if (!result.ok) return { ok: false, broken: [], message: result.message };
  return { ok: true, fields: configFields(result.image.config) };
}
