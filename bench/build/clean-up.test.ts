import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { withCleanUp } from "./clean-up.mjs";

it("cleans up in the reverse order, after success and after failure", async () => {
  const done: string[] = [];
  const work = async (add: (step: () => void) => void): Promise<string> => {
    add(() => void done.push("first"));
    add(() => void done.push("second"));
    return "result";
  };
  expect(await withCleanUp(work)).toBe("result");
  const failing = withCleanUp(async (add) => {
    await work(add);
    throw new Error("failed");
  });
  await expect(failing).rejects.toThrow("failed");
  expect(done).toEqual(["second", "first", "second", "first"]);
});

it.skipIf(process.platform === "win32")("cleans up when a signal stops it, and dies of it", async () => {
  const module = JSON.stringify(path.join(import.meta.dirname, "clean-up.mjs"));
  const script = `
    import { withCleanUp } from ${module};
    await withCleanUp((add) => {
      add(() => console.log("clean"));
      console.log("ready");
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => {
    said.push(chunk.toString());
    if (said.length === 1) child.kill("SIGTERM");
  });
  const [status] = (await once(child, "close")) as [number | null];
  expect({ said: said.join(""), status }).toEqual({ said: "ready\nclean\n", status: 143 });
});

it.skipIf(process.platform === "win32")(
  "ends what is measured before it removes what that writes to, however often it is told to stop",
  async () => {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "oci-build-bench-"));
    const modules = ["clean-up.mjs", "measure/time-command.mjs", "scratch-folder.mjs"].map((name) =>
      JSON.stringify(path.join(import.meta.dirname, name)),
    );
    const fifo = path.join(folder, "fifo");
    const endless = `(i=0; while [ -p ${fifo} ]; do i=$((i+1)); mkdir -p ${folder}/scratch/$i; done) & echo ready > ${fifo}; wait`;
    const script = `
      import { withCleanUp } from ${modules[0]};
      import { shell, timeCommand } from ${modules[1]};
      import { removeScratch } from ${modules[2]};
      const place = { scratch: ${JSON.stringify(folder)}, time: "none" };
      await withCleanUp(async (add) => {
        add(() => removeScratch(place.scratch + "/scratch"));
        for (;;) await timeCommand(shell(${JSON.stringify(endless)}), place).catch(() => undefined);
      });`;
    execFileSync("mkfifo", [fifo]);
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
    await fs.readFile(fifo);
    child.kill("SIGTERM");
    const second = setTimeout(20).then(() => child.kill("SIGTERM"));
    const [status] = (await once(child, "close")) as [number | null];
    await second;
    // Nothing that was begun meanwhile writes, either.
    await setTimeout(100);
    const left = await fs.readdir(folder);
    await fs.rm(folder, { recursive: true, force: true });
    expect(status).toBe(143);
    expect(left).not.toContain("scratch");
  },
);
