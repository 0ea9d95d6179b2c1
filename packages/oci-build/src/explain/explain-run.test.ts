import { describe, expect, it } from "vitest";
import { told } from "../../test/support/explained-project.js";
import { type RunBuildOptions, runProject } from "../../test/support/run-project.js";

const LINES = ["FROM scratch", "ENV GREETING=hi", "COPY a /", "RUN make"];

/** What is said of a RUN that was built before and is to be built again after an edit. */
async function reasonsAfter(
  {
    before = LINES,
    after = before,
    was = {},
    is = was,
  }: {
    readonly before?: readonly string[];
    readonly after?: readonly string[];
    readonly was?: RunBuildOptions;
    readonly is?: RunBuildOptions;
  },
  edit: (write: (file: string, text: string) => void) => void = () => undefined,
): Promise<readonly string[]> {
  const { build, evaluate, volume } = runProject({ a: "1" });
  await build(before, was);
  edit((file, text) => volume.writeFileSync(`/ctx/${file}`, text));
  const { steps } = await evaluate(after, is);
  return told(steps.map(({ explanation }) => explanation));
}

function replaced(line: string, by: string): readonly string[] {
  return LINES.map((text) => (text === line ? by : text));
}

describe("explain of RUN", () => {
  it("says of each what would become of it", async () => {
    const { build, evaluate } = runProject({ a: "1" });
    const verdicts = async (lines: readonly string[]) =>
      (await evaluate(lines)).steps.map(({ explanation }) => explanation.verdict);
    expect(await verdicts(LINES)).toEqual(["miss", "miss"]);
    await build(LINES);
    expect(await verdicts(LINES)).toEqual(["hit", "hit"]);
    const more = [...LINES, "RUN test", "COPY a /b", "COPY --link a /c", "RUN last"];
    expect(await verdicts(more)).toEqual(["hit", "hit", "miss", "unknown", "miss", "unknown"]);
  });

  it("knows nothing of what is copied from a stage before its command is executed", async () => {
    const { evaluate } = runProject({ a: "1" });
    const lines = [
      ...["FROM scratch AS s", "RUN make"],
      ...["FROM s AS t", "ENV a=b", "COPY a /"],
      ...["FROM scratch", "COPY --from=s /x /y", "COPY --link a /", "RUN --mount=from=t,target=/t x"],
    ];
    const { steps } = await evaluate(lines);
    expect(steps.map(({ explanation: { id, verdict } }) => `${id} ${verdict}`)).toEqual([
      "0.1 miss",
      "1.1 unknown",
      "2.1 unknown",
      "2.2 miss",
      "2.3 unknown",
    ]);
    expect(told(steps.map(({ explanation }) => explanation))).toContain(
      "COPY a /: known when step 0.1 has been executed (RUN make)",
    );
  });

  it.each<[string, Parameters<typeof reasonsAfter>[0], readonly string[]]>([
    ["nothing", {}, []],
    [
      "another variable's value",
      { after: replaced("ENV GREETING=hi", "ENV GREETING=hello") },
      ["RUN make: ENV GREETING hi → hello"],
    ],
    [
      "a variable that was not set",
      { after: ["FROM scratch", "ARG V=1", ...LINES.slice(1)] },
      ["RUN make: ARG V (unset) → 1"],
    ],
    [
      "a secret variable",
      {
        before: ["FROM scratch", "ARG NPM_TOKEN", "RUN make"],
        was: { buildArgs: { NPM_TOKEN: "a" } },
        is: { buildArgs: { NPM_TOKEN: "hunter2" } },
      },
      ["RUN make: ARG NPM_TOKEN changed (the value is not shown)"],
    ],
    [
      "another text",
      { after: replaced("RUN make", "RUN make all") },
      ["RUN make all: instruction changed: RUN make → RUN make all"],
    ],
    [
      "another shell",
      { after: [...LINES.slice(0, 3), 'SHELL ["/bin/bash", "-c"]', "RUN make"] },
      ["RUN make: SHELL changed: /bin/sh -c → /bin/bash -c"],
    ],
    [
      "another script",
      {
        before: ["FROM scratch", "RUN <<E", "a", "b", "E"],
        after: ["FROM scratch", "RUN <<E", "a", "c", "E"],
      },
      ["RUN <<E: line 2 of the command changed: b → c"],
    ],
    [
      "one more line of a script",
      {
        before: ["FROM scratch", "RUN <<E", "#!/bin/x", "a", "E"],
        after: ["FROM scratch", "RUN <<E", "#!/bin/x", "a", "b", "E"],
      },
      ['RUN <<E: line 3 of the command changed: "" → b'],
    ],
    [
      "another user",
      { after: [...LINES.slice(0, 3), "USER me", "RUN make"] },
      ['RUN make: user changed: "" → me'],
    ],
    [
      "another option of a mount",
      {
        before: ["FROM scratch", "ENV S=shared", "RUN --mount=type=cache,target=/c,sharing=$S make"],
        after: ["FROM scratch", "ENV S=locked", "RUN --mount=type=cache,target=/c,sharing=$S make"],
      },
      [
        "RUN --mount=type=cache,target=/c,sharing=$S make: ENV S shared → locked",
        "RUN --mount=type=cache,target=/c,sharing=$S make: mount /c: sharing changed: shared → locked",
      ],
    ],
    [
      "a mount before another one",
      {
        before: ["FROM scratch", "RUN --mount=target=/src make"],
        after: ["FROM scratch", "RUN --mount=type=cache,target=/c --mount=target=/src make"],
      },
      [
        "RUN --mount=type=cache,target=/c --mount=target=/src make: instruction changed: RUN --mount=target=/src make → RUN --mount=type=cache,target=/c --mount=target=/src make",
        "RUN --mount=type=cache,target=/c --mount=target=/src make: mount /c changed: (unset) → cache",
      ],
    ],
    [
      "another mode of a mount",
      {
        before: ["FROM scratch", "ARG M=0700", "RUN --mount=type=cache,target=/c,mode=$M a"],
        after: ["FROM scratch", "ARG M=0755", "RUN --mount=type=cache,target=/c,mode=$M a"],
      },
      [
        "RUN --mount=type=cache,target=/c,mode=$M a: ARG M 0700 → 0755",
        "RUN --mount=type=cache,target=/c,mode=$M a: mount /c: mode changed: 0700 → 0755",
      ],
    ],
    [
      "mounts in another order",
      {
        before: [
          "FROM scratch",
          "ARG A=/a",
          "ARG B=/b",
          "RUN --mount=type=tmpfs,target=$A --mount=type=tmpfs,target=$B x",
        ],
        after: [
          "FROM scratch",
          "ARG A=/b",
          "ARG B=/a",
          "RUN --mount=type=tmpfs,target=$A --mount=type=tmpfs,target=$B x",
        ],
      },
      ["ARG A /a → /b", "ARG B /b → /a", "order of the mounts changed"].map(
        (reason) => `RUN --mount=type=tmpfs,target=$A --mount=type=tmpfs,target=$B x: ${reason}`,
      ),
    ],
    [
      "a step that is gone",
      { after: LINES.filter((line) => line !== "COPY a /") },
      ["RUN make: what it runs on changed: the base image, or a step that is gone"],
    ],
    [
      "another network of the build",
      { is: { network: "none" } },
      ["RUN make: network changed: default → none"],
    ],
    [
      "another host",
      { is: { addHosts: [{ name: "h", address: "1.2.3.4" }] } },
      ["RUN make: hosts changed: (unset) → h=1.2.3.4"],
    ],
    [
      "--no-cache",
      { is: { noCache: true } },
      ["COPY a /", "RUN make"].map((step) => `${step}: cache not used (--no-cache or --no-cache-filter)`),
    ],
  ])("says of a miss: %s", async (_, builds, expected) => {
    expect(await reasonsAfter(builds)).toEqual(expected);
  });

  it("says which step below changed", async () => {
    expect(await reasonsAfter({}, (write) => write("a", "2"))).toEqual([
      "COPY a /: 1 file changed: a (content)",
      "RUN make: parent step 0.1 changed (COPY a /)",
    ]);
  });

  it("says that mounted files changed", async () => {
    const before = ["FROM scratch", "RUN --mount=target=/src make"];
    expect(await reasonsAfter({ before }, (write) => write("a", "2"))).toEqual([
      "RUN --mount=target=/src make: mount /src files changed",
    ]);
  });

  it("says after a build why its commands were executed", async () => {
    const { build, evaluate } = runProject({ a: "1" });
    await build(LINES);
    const after = replaced("ENV GREETING=hi", "ENV GREETING=hello");
    await build(after);
    const { lastReasons } = await evaluate(after);
    expect(lastReasons.get("0.2")).toEqual([
      { kind: "variable", scope: "ENV", name: "GREETING", before: "hi", after: "hello", hidden: false },
    ]);
  });

  it("is told while building, too, before the command is executed", async () => {
    const { build } = runProject({ a: "1" });
    await build(LINES);
    const { result, events } = await build(replaced("RUN make", "RUN test"), { explain: true });
    expect(result.steps[1]?.explanation).toMatchObject({
      verdict: "miss",
      reasons: [{ kind: "instruction" }],
    });
    const types = events
      .filter((event) => "step" in event && event.step.id === "0.2")
      .map(({ type }) => type);
    expect(types).toEqual(["step.started", "step.explained", "step.finished"]);
  });

  it("ends a build that may not miss before anything is executed", async () => {
    const { build } = runProject({ a: "1" });
    await build(LINES);
    const shell = (): never => expect.unreachable();
    const lines = replaced("RUN make", "RUN test");
    await expect(build(lines, { shell, failOnCacheMiss: true })).rejects.toMatchObject({
      code: "BUILD_CACHE_MISS",
    });
  });
});
