import { hash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { runOciBuild } from "./support/run-command.js";

const MiB = 1024 * 1024;

/** Bytes that take their time to compress, and segments of very different sizes. */
function noise(seed: string, bytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / 64) }, (_, index) =>
    hash("sha256", `${seed} ${index}`, "hex"),
  );
  return Buffer.from(blocks.join("").slice(0, bytes));
}

it("The image is the same, however many threads compress it", async () => {
  const folder = temporaryFolder();
  const context = path.join(folder, "app");
  const small = Array.from(
    { length: 60 },
    (_, index) => [`small/${index}`, noise(`${index}`, 900 * index)] as const,
  );
  writeFiles(context, {
    Dockerfile: "FROM scratch\nCOPY . /app/\n",
    "large.bin": noise("large", 3 * MiB),
    "zeros.bin": Buffer.alloc(3 * MiB),
    ...Object.fromEntries(small),
  });
  const images = new Set<string>();
  for (const threads of ["1", "2", "8"]) {
    const dest = path.join(folder, `${threads}.tar`);
    const args = [
      "-q",
      "--cache-dir",
      path.join(folder, `cache-${threads}`),
      "-o",
      `type=oci,dest=${dest}`,
      ".",
    ];
    const env = { UV_THREADPOOL_SIZE: threads, SOURCE_DATE_EPOCH: "5" };
    expect(await runOciBuild(args, { cwd: context, env })).toMatchObject({ exitCode: 0, stderr: "" });
    images.add(hash("sha256", fs.readFileSync(dest), "hex"));
  }
  expect(images.size).toBe(1);
});
