import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
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
