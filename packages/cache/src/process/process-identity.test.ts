import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { currentProcess, formatIdentity, livenessOf, parseIdentity } from "./process-identity.js";

const self = currentProcess();

describe("parseIdentity", () => {
  it("reads what formatIdentity wrote", () => {
    expect(parseIdentity(formatIdentity(self))).toEqual(self);
  });

  it.each(["", "x", "1-2-3", `${"0".repeat(16)}-0-1`, `${"0".repeat(16)}-1-`, `${"0".repeat(16)}-1-1-1`])(
    "does not understand %j",
    (text) => {
      expect(parseIdentity(text)).toBeUndefined();
    },
  );
});

describe("livenessOf", () => {
  it("sees this process and its parent alive", () => {
    expect(livenessOf(self, self)).toBe("alive");
    expect(livenessOf({ ...self, pid: process.ppid, start: "0" }, self)).toBe("alive");
  });

  it("says nothing of processes elsewhere", () => {
    expect(livenessOf({ ...self, host: "f".repeat(16) }, self)).toBe("unknown");
  });

  it("sees that a process has ended", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    const pid = child.pid ?? 0;
    await once(child, "exit");
    expect(livenessOf({ ...self, pid, start: "0" }, self)).toBe("dead");
  });

  it.runIf(process.platform === "linux")("takes a zombie for dead", async () => {
    // The shell starts a child that ends soon, and becomes a `sleep`, which reaps nobody.
    const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 30"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
    await expect.poll(() => livenessOf({ ...self, pid, start }, self)).toBe("dead");
    expect(await readFile(`/proc/${pid}/stat`, "latin1")).toContain(" Z ");
    parent.kill("SIGKILL");
  });
});
