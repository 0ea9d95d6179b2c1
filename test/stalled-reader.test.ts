import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { startOciBuild } from "./support/run-command.js";

/** More than pipes and streams hold. */
const MUCH = 2_000_000;

const folder = temporaryFolder();
const environment = { OCI_BUILD_CACHE_DIR: path.join(folder, "cache") };

/** A command one of whose outputs nobody reads, as in `oci-build … | sleep 1000`; the other one is read. */
function start(args: readonly string[], read: "stderr" | "stdout"): ChildProcessWithoutNullStreams {
  const child = startOciBuild(args, { cwd: folder, env: environment });
  onTestFinished(() => void child.kill("SIGKILL"));
  child[read].resume();
  return child;
}

/** The exit code once the process has ended; the output that nobody reads may stay open. */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  const [exitCode] = await once(child, "exit");
  return exitCode;
}

describe("a signal to oci-build", () => {
  it("ends a build whose image nobody reads", async () => {
    writeFiles(path.join(folder, "app"), { Dockerfile: "FROM scratch\nCOPY file /\n" });
    fs.writeFileSync(path.join(folder, "app/file"), randomBytes(MUCH));
    const child = start(["-o", "type=oci,dest=-", "--progress", "plain", "app"], "stderr");
    const ended = endOf(child);
    child.stderr.on("data", (shown: Buffer) => {
      if (String(shown).includes("write to standard output")) child.kill("SIGTERM");
    });
    expect(await ended).toBe(143);
  });

  it("ends a build whose events nobody reads", async () => {
    // Speaks no https, so that it is asked again without; then it says nothing more.
    const server = http.createServer();
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    writeFiles(path.join(folder, "waiting"), {
      Dockerfile: `FROM localhost:${port}/base\n${"# event build.started tells this, too\n".repeat(MUCH / 40)}`,
    });
    const child = start(["--progress", "rawjson", "waiting"], "stdout");
    server.on("request", () => child.kill("SIGINT"));
    expect(await endOf(child)).toBe(130);
  });

  it("ends a command on images whose answer nobody reads", async () => {
    const labels = Array.from({ length: MUCH / 50_000 }, (_, at) => `LABEL l${at}=${"x".repeat(50_000)}\n`);
    writeFiles(path.join(folder, "labels"), { Dockerfile: `FROM scratch\n${labels.join("")}` });
    const built = start(["-q", "-o", "type=image,name=labels:1", "labels"], "stderr");
    expect(await endOf(built)).toBe(0);
    const child = start(["inspect", "labels:1"], "stderr");
    const ended = endOf(child);
    await once(child.stdout, "readable");
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
  });
});
