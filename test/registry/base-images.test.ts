import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/build-folder.js";
import { BUSYBOX_PLATFORMS, busyboxLayout } from "../support/registry/busybox-image.js";
import { debianObstacle } from "../support/registry/debian-image.js";
import { debianRegistry } from "../support/registry/debian-registry.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { skopeo, skopeoRaw } from "../support/registry/skopeo.js";
import { runTool } from "../support/tools.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");

describe.skipIf(obstacle)(unlessObstacle("busybox, packed by the tests", obstacle), () => {
  it("has the same digests each time", async () => {
    const [first, second] = await Promise.all(
      [busyboxLayout(), busyboxLayout()].map((layout) => skopeoRaw(layout.image("all"))),
    );
    expect(first).toBe(second);
  });

  it("is there for each platform, as skopeo chooses them", async () => {
    const all = busyboxLayout().image("all");
    for (const { architecture, variant } of BUSYBOX_PLATFORMS) {
      const choice = [
        `--override-arch=${architecture}`,
        ...(variant ? [`--override-variant=${variant}`] : []),
      ];
      const inspected: unknown = JSON.parse(await skopeo("inspect", ...choice, all));
      const platform = ["linux", architecture, variant].filter(Boolean).join("/");
      expect(inspected).toMatchObject({ Architecture: architecture, Labels: { platform } });
    }
  });

  it.runIf(process.arch === "x64" && process.getuid?.() === 0)("runs", () => {
    const folder = temporaryFolder();
    const [, layout = ""] = busyboxLayout().image("one").split(":");
    const blobs = path.join(layout, "blobs/sha256");
    const sizes = fs
      .readdirSync(blobs)
      .map((name) => ({ name, size: fs.statSync(path.join(blobs, name)).size }));
    const [layer] = sizes.sort((one, other) => other.size - one.size);
    runTool("tar", ["-xzf", path.join(blobs, layer?.name ?? ""), "-C", folder]);
    expect(runTool("chroot", [folder, "/bin/cat", "/etc/platform"])).toBe("linux/amd64\n");
  });
});

const noDebian = debianObstacle() ?? toolObstacle("docker-registry", "skopeo");

describe.skipIf(noDebian)(unlessObstacle("Debian, packed by the tests", noDebian), () => {
  it("goes to a registry and back whole", { timeout: 120_000 }, async ({ skip, annotate }) => {
    const debian = await debianRegistry();
    if (typeof debian === "string") return skip(debian);
    await using _registry = debian.registry;
    await annotate(`${Math.round(debian.uncompressedSize / 1e6)} MB, uncompressed`);
    const raw = await skopeoRaw(debian.image);
    expect(await skopeoRaw(`docker://${debian.reference}`)).toBe(raw);
    expect(debian.uncompressedSize).toBeGreaterThan(50_000_000);
  });
});
