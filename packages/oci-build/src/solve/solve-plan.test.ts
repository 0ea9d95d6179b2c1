import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type RunBuildOptions, runProject } from "../../test/support/run-project.js";

/** A shell in which named commands wait for each other: `meet` ends when as many are there. */
function meetingShell(count: number): NonNullable<RunBuildOptions["shell"]> {
  let waiting = 0;
  let meet: () => void = () => undefined;
  const met = new Promise<void>((resolve) => {
    meet = resolve;
  });
  return async (command) => {
    if (command.startsWith("meet")) {
      waiting += 1;
      if (waiting === count) meet();
      await met;
    }
    return { files: { [command.replaceAll(" ", "-")]: command } };
  };
}

const TWO_STAGES = [
  "FROM scratch AS a",
  "RUN meet a",
  "FROM scratch AS b",
  "RUN meet b",
  "FROM scratch",
  "COPY --from=a / /a/",
  "COPY --from=b / /b/",
];

describe("stages", () => {
  it("that do not need each other are built at once", async () => {
    const { build } = runProject();
    const { events, result } = await build(TWO_STAGES, { shell: meetingShell(2) });
    const last = events.filter(({ type }) => type === "step.started" || type === "step.finished").at(-1);
    expect(last).toMatchObject({ type: "step.finished", step: { id: "2.2" } });
    expect(result.steps.map(({ name }) => name)).toEqual([
      "[a 1/1] RUN meet a",
      "[b 1/1] RUN meet b",
      "[stage-2 1/2] COPY --from=a / /a/",
      "[stage-2 2/2] COPY --from=b / /b/",
    ]);
  });

  it("give one digest, whichever is done first", async () => {
    const slow =
      (late: string): NonNullable<RunBuildOptions["shell"]> =>
      async (command) => {
        if (command.endsWith(late)) await delay(30);
        return { files: { [command.replaceAll(" ", "-")]: command } };
      };
    const options = { sourceDateEpoch: 0 };
    const one = await runProject().build(TWO_STAGES, { ...options, shell: slow("a") });
    const other = await runProject().build(TWO_STAGES, { ...options, shell: slow("b") });
    expect(one.result.digest).toBe(other.result.digest);
    expect(one.result.steps.map(({ name }) => name)).toEqual(other.result.steps.map(({ name }) => name));
  });

  it("wait for what they mount, also from a stage further down", async () => {
    const { build } = runProject();
    const lines = [
      "FROM scratch AS user",
      "RUN --mount=from=tools,target=/t use",
      "FROM scratch AS tools",
      "RUN make",
      "FROM user",
    ];
    const { requests } = await build(lines);
    expect(requests.map(({ args }) => args.at(-1))).toEqual(["make", "use"]);
  });

  it("are stopped when another fails, and are not told as what was wrong", async () => {
    const { build } = runProject();
    const events: string[] = [];
    const shell: RunBuildOptions["shell"] = async (command, { signal }) => {
      if (command === "fail") {
        await delay(10);
        return { status: { kind: "exited", exitCode: 1 } };
      }
      await new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new Error("ended")));
      });
      return {};
    };
    const lines = [
      ...["FROM scratch AS a", "RUN wait", "RUN never"],
      ...["FROM scratch AS b", "RUN fail"],
      ...["FROM scratch", "COPY --from=a / /", "COPY --from=b / /"],
    ];
    const building = build(lines, {
      shell,
      onEvent: (event) => {
        if (event.type === "step.failed") events.push(`${event.step.name}: ${event.error.code}`);
      },
    });
    await expect(building).rejects.toMatchObject({ code: "RUN_FAILED" });
    expect(events).toEqual(["[b 1/1] RUN fail: RUN_FAILED", "[a 1/2] RUN wait: BUILD_ABORTED"]);
  });

  it("all end when the build is stopped", async () => {
    const { build } = runProject();
    const stop = new AbortController();
    let running = 0;
    const shell: RunBuildOptions["shell"] = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        running += 1;
        signal?.addEventListener("abort", () => {
          running -= 1;
          reject(new Error("ended"));
        });
        if (running === 2) stop.abort(new Error("enough"));
      });
    await expect(build(TWO_STAGES, { shell, signal: stop.signal })).rejects.toMatchObject({
      code: "BUILD_ABORTED",
    });
    expect(running).toBe(0);
  });
});
