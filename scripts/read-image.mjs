import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { captureCommand, mustRun } from "./run-command.mjs";

/** Opens the image that a build's result line (`PATH sha256:…`) names, with tools that are not ours where they are
 * installed, and makes sure that they see the digest of the line. `note` says what could not be looked at. */
export async function readImage(folder, resultLine) {
  const { archive, digest } = parseResult(folder, resultLine);
  const work = mkdtempSync(join(tmpdir(), "oci-build-example-"));
  const layout = join(work, "layout");
  mkdirSync(layout);
  await mustRun("tar", ["-xf", archive, "-C", layout]);
  const manifest = readBlobJson(layout, digest);
  const tools = { skopeo: await inspect(archive, digest), umoci: await hasUmoci() };
  const missing = Object.keys(tools).filter((name) => tools[name] === undefined);
  return {
    archive,
    digest,
    config: readBlobJson(layout, manifest.config.digest),
    layers: manifest.layers,
    /** What skopeo says of the image; undefined without skopeo. */
    inspected: tools.skopeo,
    /** Unpacks the image and gives the folder of its root; undefined where that cannot be done in full. */
    unpack: async () => (tools.umoci === undefined ? undefined : await unpack(work, layout)),
    note: missing.length === 0 ? undefined : `not looked at by ${missing.join(" and ")}`,
    close: async () => rmSync(work, { recursive: true, force: true }),
  };
}

function parseResult(folder, line) {
  const match = /^(?<path>.*\S)\s+(?<digest>sha256:[0-9a-f]{64})$/.exec(line);
  assert.ok(match, `the last line should be PATH and digest: ${JSON.stringify(line)}`);
  const { path, digest } = match.groups;
  return { archive: isAbsolute(path) ? path : join(folder, path), digest };
}

function readBlobJson(layout, digest) {
  const bytes = readFileSync(join(layout, "blobs/sha256", digest.slice("sha256:".length)));
  assert.equal(`sha256:${createHash("sha256").update(bytes).digest("hex")}`, digest);
  return JSON.parse(bytes.toString());
}

async function inspect(archive, digest) {
  const { status, stdout } = await captureCommand("skopeo", ["inspect", `oci-archive:${archive}`]);
  if (status === 127) return undefined;
  assert.equal(status, 0, "skopeo inspect failed");
  const inspected = JSON.parse(stdout);
  assert.equal(inspected.Digest, digest);
  return inspected;
}

/** Only root gets files with the owners of the image. */
async function hasUmoci() {
  const { status } = await captureCommand("umoci", ["--version"]);
  return status === 0 && process.getuid?.() === 0 ? true : undefined;
}

async function unpack(work, layout) {
  const bundle = join(work, "bundle");
  const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
  const tag = index.manifests[0].annotations["org.opencontainers.image.ref.name"];
  await mustRun("umoci", ["unpack", "--image", `${layout}:${tag}`, bundle]);
  return join(bundle, "rootfs");
}
