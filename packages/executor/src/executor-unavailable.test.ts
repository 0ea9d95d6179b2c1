import { isOciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import type { RunStep } from "./executor-options.js";
import { executorUnavailable } from "./executor-unavailable.js";
import type { ExecutorObstacle } from "./space/obstacle.js";

const step = (line: number): RunStep => ({ line, text: `RUN make part-${line}` });
const macOs: ExecutorObstacle = { kind: "platform", platform: "darwin" };

describe("executorUnavailable", () => {
  it.each<[number, string]>([
    [0, "cannot run a command: RUN needs Linux, and this is macOS"],
    [1, "cannot run a RUN step: RUN needs Linux, and this is macOS (line 1: RUN make part-1)"],
    [
      2,
      "cannot run 2 RUN steps: RUN needs Linux, and this is macOS (line 1: RUN make part-1; line 2: RUN make part-2)",
    ],
    [
      5,
      "cannot run 5 RUN steps: RUN needs Linux, and this is macOS (line 1: RUN make part-1; line 2: RUN make part-2; line 3: RUN make part-3; and 2 more)",
    ],
  ])("names the lines of %i steps", (count, message) => {
    const steps = Array.from({ length: count }, (_, index) => step(index + 1));
    const error = executorUnavailable(steps, macOs);
    expect(isOciBuildError(error, "EXECUTOR_UNAVAILABLE")).toBe(true);
    expect(error).toMatchObject({ message, exitCode: 3, data: { steps, obstacle: macOs } });
  });

  it("keeps the message on one line and a step in it to 80 characters", () => {
    const text = `RUN a\n\t${"b".repeat(200)}`;
    const { message } = executorUnavailable([{ line: 7, text }], macOs);
    expect(message).toBe(
      `cannot run a RUN step: RUN needs Linux, and this is macOS (line 7: RUN a ${"b".repeat(73)}…)`,
    );
  });

  it.each<[ExecutorObstacle, string, string]>([
    [{ kind: "platform", platform: "win32" }, "this is Windows", "WSL 2"],
    [{ kind: "platform", platform: "freebsd" }, "this is freebsd", "virtual machine"],
    [
      { kind: "architecture", architecture: "arm64" },
      "this machine cannot run programs for arm64",
      "qemu-user-static",
    ],
    [
      { kind: "image-system", os: "windows" },
      "the image is for Windows, and only images for Linux can be run",
      "another --platform",
    ],
    [{ kind: "programs-missing", programs: ["tar"] }, "tar is not installed", "Install tar"],
    [
      { kind: "programs-missing", programs: ["unshare", "nsenter", "tar"] },
      "unshare, nsenter and tar are not installed",
      "Install util-linux and tar",
    ],
    [{ kind: "programs-missing", programs: ["setpriv"] }, "setpriv is not installed", "util-linux"],
    [{ kind: "program-unfit", program: "tar", detail: "" }, "not that of GNU tar", "Install GNU tar"],
    [
      { kind: "program-unfit", program: "unshare", detail: "unrecognized option: setuid" },
      "not that of util-linux 2.36 or later: unrecognized option: setuid",
      "util-linux",
    ],
    [
      { kind: "namespaces-refused", detail: "unshare failed", settings: ["a.b=1", "c.d=0"] },
      "namespaces cannot be made: unshare failed",
      "set a.b=1 and c.d=0",
    ],
    [
      { kind: "namespaces-refused", detail: "", settings: [] },
      "namespaces cannot be made (",
      "seccomp=unconfined",
    ],
    [{ kind: "mount-refused", detail: "no" }, "a new /proc cannot be mounted: no", "systempaths=unconfined"],
    [{ kind: "runtime-missing", runtime: "crun" }, "crun is not installed", "Install crun"],
    [
      { kind: "runtime-broken", runtime: "runc", detail: "no" },
      "runc runs no command: no",
      "--executor util-linux",
    ],
  ])("says of %j what it is and what would help", (obstacle, message, hint) => {
    expect(executorUnavailable([step(1)], obstacle)).toMatchObject({
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });
});
