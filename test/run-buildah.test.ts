import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "oci-build";
import { beforeAll, describe, expect, it } from "vitest";
import { childCommand, variantProblem } from "../packages/executor/test/support/host-variants.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { buildWithBuildah } from "./support/buildah.js";
import { finalImageLines } from "./support/final-image.js";
import { readRawImage } from "./support/read-raw-image.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "./support/registry/registry-server.js";
import { skopeoCopy } from "./support/registry/skopeo.js";
import { RUN_BASE_TAG, runBaseLayout } from "./support/run/run-base.js";
import { type RunCase, runCases } from "./support/run/run-cases.js";

const isFull = process.env["OCI_BUILD_TEST_SIZE"] === "full";
/** In CI every third. */
const chosen = isFull ? runCases : runCases.filter((_, index) => index % 3 === 0);

/** In CI every tenth, since the same is held by the executor's own tests. */
const chosenForUser = isFull ? runCases : runCases.filter((_, index) => index % 10 === 0);

const command = fileURLToPath(new URL("../packages/oci-build/bin/oci-build.js", import.meta.url));
const USER = "user with subordinate ids";
const userProblem = variantProblem(USER);
const run = promisify(execFile);

const obstacle =
  process.getuid?.() === 0
    ? toolObstacle("docker-registry", "skopeo", "buildah", "busybox")
    : "only root can compare owners";

const title = `${chosen.length} of ${runCases.length} Dockerfiles with RUN, built by buildah too`;

describe.skipIf(obstacle)(unlessObstacle(title, obstacle), () => {
  let registry: RegistryServer;
  let folder: string;

  beforeAll(async () => {
    registry = await startRegistry();
    folder = temporaryFolder();
    writeFiles(path.join(folder, "context"), { "a.txt": "A", "b/c.txt": "C" });
    await skopeoCopy(runBaseLayout(), `docker://${registry.name}/run:${RUN_BASE_TAG}`);
    return () => registry.stop();
  });

  const textOf = ({ lines }: RunCase): string => {
    const base = `${registry.name}/run:${RUN_BASE_TAG}`;
    return [`FROM ${base} AS first`, ...lines.map((line) => line.replaceAll("BASE", base)), ""].join("\n");
  };

  async function ourLines(one: RunCase): Promise<readonly string[]> {
    const dest = path.join(folder, "ours.tar");
    await build({
      context: path.join(folder, "context"),
      dockerfile: { text: textOf(one) },
      cacheDir: path.join(folder, "cache"),
      output: { type: "oci", dest },
    });
    return finalImageLines(await readRawImage(dest));
  }

  async function buildahLines(one: RunCase): Promise<readonly string[]> {
    const dockerfile = path.join(folder, "Dockerfile");
    fs.writeFileSync(dockerfile, textOf(one));
    const image = fs.mkdtempSync(path.join(folder, "image-"));
    const args = ["--tls-verify=false", "--layers=false"];
    const store = path.join(folder, "store");
    const context = path.join(folder, "context");
    const result = await buildWithBuildah({ store, image, context, dockerfile, args });
    return result.ok ? finalImageLines(result.image) : [result.message];
  }

  /** As a user who is not root; `home` is a folder of that user. */
  async function linesOfUser(one: RunCase, home: string): Promise<readonly string[]> {
    const dest = path.join(home, "user.tar");
    fs.writeFileSync(path.join(folder, "Dockerfile"), textOf(one));
    const options = ["-q", "-f", path.join(folder, "Dockerfile"), "--cache-dir", path.join(home, "cache")];
    const args = ["build", ...options, "-o", `type=oci,dest=${dest}`, path.join(folder, "context")];
    const [program, ...rest] = childCommand(USER, { child: command, folder: home, args });
    await run(program, rest, { env: { ...process.env, HOME: home } });
    return finalImageLines(await readRawImage(dest));
  }

  describe.skipIf(userProblem)(unlessObstacle("by a user who is not root", userProblem), () => {
    let home: string;
    beforeAll(() => {
      fs.chmodSync(folder, 0o755);
      home = path.join(folder, "home");
      fs.mkdirSync(home);
    });

    it.for(chosenForUser)("give what root gets: $name", { timeout: 60_000 }, async (one) => {
      expect(await linesOfUser(one, home)).toEqual(await ourLines(one));
    });
  });

  it.for(chosen)("$name", { timeout: 60_000 }, async (one) => {
    const ours = await ourLines(one);
    const buildah = await buildahLines(one);
    expect({
      ours: ours.filter((line) => !buildah.includes(line)).map(cut),
      buildah: buildah.filter((line) => !ours.includes(line)).map(cut),
    }).toEqual({ ours: one.differs?.ours ?? [], buildah: one.differs?.buildah ?? [] });
    expect(ours.length).toBeGreaterThan(2);
  });
});

/** A program is a line, too. */
function cut(line: string): string {
  return line.slice(0, 200);
}
