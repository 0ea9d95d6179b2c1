import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { systemErrorCode } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { HeldMounts } from "./held-mounts.js";

const isLinux = process.platform === "linux";

/** The namespaces of mounts that this process has open. */
function heldNamespaces(): readonly string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => linkOf(`/proc/self/fd/${fd}`))
    .filter((target) => target.startsWith("mnt:"));
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    // The folder's own descriptor is closed by then.
    if (systemErrorCode(error) === undefined) throw error;
    return "";
  }
}

async function started(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(child, "spawn");
  return child as ChildProcess & { readonly pid: number };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

describe.runIf(isLinux)("HeldMounts (skipped: needs Linux)", () => {
  it("outlive the process that sees them until they are let go of, by whoever asks", async () => {
    const child = await started();
    const mounts = new HeldMounts();
    mounts.hold(child.pid);
    await expect.poll(heldNamespaces).toHaveLength(1);
    await end(child);
    expect(heldNamespaces()).toHaveLength(1);
    await Promise.all([mounts.release(), mounts.release()]);
    expect(heldNamespaces()).toEqual([]);
  });

  it("are none of a process that has ended, nor after they were let go of", async () => {
    const child = await started();
    const late = new HeldMounts();
    await late.release();
    late.hold(child.pid);
    await end(child);
    const gone = new HeldMounts();
    gone.hold(child.pid);
    await gone.release();
    expect(heldNamespaces()).toEqual([]);
  });
});
