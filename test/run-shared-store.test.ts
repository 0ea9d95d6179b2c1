import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import {
  childCommand,
  type HostVariant,
  variantProblem,
} from "../packages/executor/test/support/host-variants.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { layerEntries } from "./support/final-image.js";
import { readRawImage } from "./support/read-raw-image.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";

const command = fileURLToPath(new URL("../packages/oci-build/bin/oci-build.js", import.meta.url));
const obstacle = toolObstacle("busybox", "unshare", "mount", "setpriv");
const run = promisify(execFile);

const NOBODY = 65534;
const BASE = ["FROM scratch", "COPY busybox /bin/busybox", 'RUN ["/bin/busybox", "--install", "-s", "/bin"]'];

describe.skipIf(obstacle)(unlessObstacle("one store of several processes", obstacle), () => {
  const makeContext = (folder: string, lines: readonly string[]): void => {
    const busybox = fs.readFileSync("/bin/busybox");
    writeFiles(path.join(folder, "context"), { busybox, Dockerfile: `${[...BASE, ...lines].join("\n")}\n` });
    fs.chmodSync(path.join(folder, "context/busybox"), 0o755);
  };

  it("gives one digest to eight builds of a RUN date at once", { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    makeContext(folder, ["RUN date > /x; cat /proc/sys/kernel/random/uuid >> /x"]);
    const cache = ["--cache-dir", path.join(folder, "cache")];
    const buildTo = (name: string): Promise<CommandResult> =>
      runOciBuild(["build", "-q", ...cache, "-o", `type=oci,dest=${name}.tar`, "context"], { cwd: folder });
    const names = Array.from({ length: 8 }, (_, index) => `image${index}`);
    const ended = await Promise.all(names.map(buildTo));
    expect(ended.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(names.map(() => [0, ""]));
    const images = names.map((name) => fs.readFileSync(path.join(folder, `${name}.tar`)));
    expect(images.every((image) => image.equals(images[0] ?? Buffer.alloc(0)))).toBe(true);
  });

  const problem = variantProblem("user without subordinate ids");

  it.skipIf(problem).each<readonly HostVariant[]>([
    ["user without subordinate ids", "root", "user without subordinate ids"],
    ["root", "user without subordinate ids", "root"],
  ])(
    unlessObstacle("has right owners for %s, then %s, then %s", problem),
    { timeout: 60_000 },
    async (...users) => {
      const folder = temporaryFolder();
      fs.chmodSync(folder, 0o755);
      const home = path.join(folder, "home");
      const mine = path.join(home, "of the user");
      fs.mkdirSync(mine, { recursive: true });
      fs.chownSync(mine, NOBODY, NOBODY);
      makeContext(folder, [
        "COPY --chown=5:6 busybox /owned",
        "RUN stat -c %u:%g /owned > /seen; touch /given; chown 7:8 /given || true",
      ]);

      const ownersFor = async (variant: HostVariant): Promise<readonly string[]> => {
        const dest = path.join(home, "image.tar");
        const args = ["build", "-q", "--cache-dir", path.join(mine, "cache"), "-o", `type=oci,dest=${dest}`];
        const asked = { child: command, folder: home, args: [...args, path.join(folder, "context")] };
        const [program, ...rest] = childCommand(variant, asked);
        await run(program, rest, { env: { ...process.env, HOME: home } });
        const { layers } = await readRawImage(dest);
        const entries = (await Promise.all(layers.map(layerEntries))).flat();
        return entries.flatMap((entry) => {
          if (entry.type !== "file" || !["owned", "given", "seen"].includes(entry.path)) return [];
          return [`${entry.path} ${entry.uid}:${entry.gid} ${entry.size}`];
        });
      };
      const { size } = fs.statSync("/bin/busybox");
      const asRoot = [`owned 5:6 ${size}`, "given 7:8 0", "seen 0:0 4"];
      const asUser = [`owned 5:6 ${size}`, "given 0:0 0", "seen 0:0 4"];
      for (const user of users) expect(await ownersFor(user)).toEqual(user === "root" ? asRoot : asUser);
    },
  );
});
