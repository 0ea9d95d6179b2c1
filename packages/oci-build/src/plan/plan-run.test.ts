import { describe, expect, it } from "vitest";
import { amd64, planOf, refusalOf } from "../../test/support/plan-lines.js";
import { namedContexts } from "../base/named-context.js";
import type { PlanInput } from "./plan-input.js";
import type { PlannedMount, RunStep } from "./run-step.js";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The last RUN of the target. */
function runOf(lines: readonly string[], options: Partial<PlanInput> = {}): RunStep {
  const step = planOf(["FROM scratch", ...lines], options).target.steps.findLast(
    ({ kind }) => kind === "run",
  );
  if (step?.kind !== "run") throw new Error("expected a RUN");
  return step;
}

function mountsOf(run: string, before: readonly string[] = []): readonly Omit<PlannedMount, "span">[] {
  return runOf([...before, `RUN ${run} x`]).mounts.map(({ span, ...mount }) => {
    expect(span.start.line).toBeGreaterThan(1);
    return mount;
  });
}

function historyOf(lines: readonly string[], options: Partial<PlanInput> = {}): string | undefined {
  return planOf(lines, options).target.history.at(-1)?.createdBy;
}

const args = (given: Readonly<Record<string, string>>): Partial<PlanInput> => ({
  buildArgs: new Map(Object.entries(given)),
});

describe("planRun: the command", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["a shell form", ["RUN a  b"], ["/bin/sh", "-c", "a  b"]],
    ["a shell form with SHELL", ['SHELL ["/bin/bash", "-ec"]', "RUN a"], ["/bin/bash", "-ec", "a"]],
    ["an exec form, whatever SHELL says", ['SHELL ["/x"]', 'RUN ["a", "b c"]'], ["a", "b c"]],
    ["a here-document for the shell", ["RUN <<E", "a", "b", "E"], ["/bin/sh", "-c", "a\nb\n"]],
    ["a command with a here-document", ["RUN cat <<E", "a", "E"], ["/bin/sh", "-c", "cat <<E\na\nE"]],
    ["no command", ["RUN"], ["/bin/sh", "-c", ""]],
    ["variables, which the shell expands", ["ENV a=1", "RUN echo $a"], ["/bin/sh", "-c", "echo $a"]],
  ])("of %s", (_, lines, expected) => {
    expect(runOf(lines)).toMatchObject({ args: expected, script: undefined });
  });

  it("of a script is run by the shell from a file", () => {
    const { args: command, script } = runOf(["RUN <<EOF", "#!/bin/x -e", "a $b", "EOF"]);
    expect(command).toEqual(["/bin/sh", "-c", "/dev/pipes/EOF"]);
    expect(script).toEqual({ name: "/dev/pipes/EOF", content: "#!/bin/x -e\na $b\n" });
  });

  // Differs: with BuildKit it is always /dev/pipes; with --security=insecure /dev is the host's own here, where nothing is
  // to be made, and it is /run/pipes.
  it("of a script lies in /run/pipes with --security=insecure", () => {
    const run = { allow: new Set(["security.insecure"] as const), network: "default" } as const;
    const { args: command, script } = runOf(["RUN --security=insecure <<E", "#!/x", "E"], { run });
    expect(command).toEqual(["/bin/sh", "-c", "/run/pipes/E"]);
    expect(script?.name).toBe("/run/pipes/E");
  });

  it("is to be one", () => {
    expect(refusalOf(() => planOf(["FROM scratch", "RUN []"])).told).toEqual(["2 DOCKERFILE_EMPTY_WORD"]);
  });

  it("has the working directory, user and platform of its place", () => {
    const lines = ["WORKDIR /a/../b/", "WORKDIR c", "USER me:us", "RUN x", "USER other", "WORKDIR /d"];
    const variant = { ...amd64, variant: "v3" };
    expect(runOf(lines, { targetPlatform: variant })).toMatchObject({
      cwd: "/b/c",
      user: "me:us",
      platform: "linux/amd64/v3",
      hostname: undefined,
    });
    expect(runOf(["RUN x"])).toMatchObject({ cwd: "/", user: "" });
  });

  it("has the host name that a build argument gives", () => {
    expect(runOf(["RUN x"], args({ BUILDKIT_SANDBOX_HOSTNAME: "box" })).hostname).toBe("box");
  });

  it("is that of an ONBUILD trigger in the stage that runs it", () => {
    const { target } = planOf(["FROM scratch AS a", "ENV v=1", "ONBUILD RUN x $v", "FROM a", "ENV v=2"]);
    expect(target.steps).toMatchObject([{ kind: "run", args: ["/bin/sh", "-c", "x $v"] }]);
    expect([...(target.steps[0] as RunStep).env]).toContainEqual(["v", "1"]);
    expect(target.steps[0]?.span.start.line).toBe(4);
  });
});

describe("planRun: variables", () => {
  const envOf = (lines: readonly string[], options: Partial<PlanInput> = {}) =>
    [...runOf([...lines, "RUN x"], options).env].map((pair) => pair.join("="));

  it("are ENV and ARG together, sorted by name", () => {
    expect(envOf(["ENV b=1", "ARG c=2", "ENV a=3", "ARG unset"])).toEqual([
      `PATH=${PATH}`,
      "a=3",
      "b=1",
      "c=2",
    ]);
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ["the ARG after the ENV", ["ENV a=env", "ARG a=arg"], {}, "a=arg"],
    ["the ENV after the ARG", ["ARG a=arg", "ENV a=env"], {}, "a=env"],
    ["the build argument over the default", ["ARG a=arg"], { a: "given" }, "a=given"],
    ["what the stage below has", ["FROM scratch AS a", "ARG a=arg", "FROM a"], {}, "a=arg"],
  ])("have the value of %s", (_, lines, given, expected) => {
    expect(envOf(lines, args(given))).toContain(expected);
  });

  it("that are only given are not seen", () => {
    expect(envOf([], args({ a: "given" }))).toEqual([`PATH=${PATH}`]);
  });

  it("say which of them are ARGs", () => {
    const { argNames } = runOf(["ENV a=1", "ARG b=2", "ARG c", "ARG d=1", "ENV d=2", "RUN x"]);
    expect([...argNames]).toEqual(["b"]);
  });

  it("are proxies that were given, in both spellings, beside those in the environment", () => {
    const given = { http_proxy: "http://p", NO_PROXY: "a", ALL_PROXY: "" };
    const { env, proxies } = runOf(["RUN x"], args(given));
    expect([...proxies]).toEqual([
      ["HTTP_PROXY", "http://p"],
      ["http_proxy", "http://p"],
      ["NO_PROXY", "a"],
      ["no_proxy", "a"],
    ]);
    expect([...env.keys()]).toEqual(["PATH"]);
  });

  it("are proxies in the environment, too, where an ARG declares them", () => {
    expect(envOf(["ARG HTTP_PROXY"], args({ HTTP_PROXY: "http://p" }))).toContain("HTTP_PROXY=http://p");
  });

  it("name the first agent unless they name another", () => {
    expect(envOf([])).not.toContain("SSH_AUTH_SOCK");
    const run = "RUN --mount=type=ssh,target=/s --mount=type=ssh x";
    expect(runOf([run]).env.get("SSH_AUTH_SOCK")).toBe("/s");
    expect(runOf(["ENV SSH_AUTH_SOCK=/mine", run]).env.get("SSH_AUTH_SOCK")).toBe("/mine");
  });
});

describe("planRun: what has to be allowed", () => {
  it.each([
    ["--network=host", "network.host"],
    ["--security=insecure", "security.insecure"],
  ] as const)("%s needs --allow=%s", (flag, entitlement) => {
    const lines = ["FROM scratch", "RUN a", `RUN ${flag} x`];
    expect(refusalOf(() => planOf(lines))).toMatchObject({
      told: ["3 RUN_NOT_ALLOWED"],
      hint: expect.stringContaining(`--allow=${entitlement}`),
    });
    const run = { allow: new Set([entitlement]), network: "default" } as const;
    expect(planOf(lines, { run }).target.steps).toHaveLength(2);
  });

  it("takes the network of the build unless it says its own", () => {
    const run = { allow: new Set<never>(), network: "none" } as const;
    expect(runOf(["RUN x"], { run }).network).toBe("none");
    expect(runOf(["RUN --network=default x"]).network).toBe("default");
    expect(runOf(["RUN --network=none x"]).network).toBe("none");
  });
});

describe("planRun: mounts", () => {
  const context = { kind: "context" };
  const attributes = (mode: number, uid = 0, gid = 0) => ({ mode, uid, gid });

  it.each<[string, string, Readonly<Record<string, unknown>>]>([
    [
      "a bind of the context",
      "--mount=target=/t",
      { type: "bind", target: "/t", origin: context, source: "/", access: "read-only" },
    ],
    [
      "a bind that may be written",
      "--mount=type=bind,source=./a/../b/,target=/t/,rw",
      { type: "bind", target: "/t", origin: context, source: "/b", access: "read-write" },
    ],
    [
      "a bind on the working directory",
      "--mount=type=bind,source=a",
      { type: "bind", target: "/w", origin: context, source: "/a", access: "read-only" },
    ],
    [
      "a relative target",
      "--mount=type=bind,from=scratch,target=../t",
      { type: "bind", target: "/t", origin: { kind: "nothing" }, source: "/", access: "read-only" },
    ],
    [
      "a cache",
      "--mount=type=cache,target=/c/",
      {
        type: "cache",
        target: "/c",
        id: "/c",
        sharing: "shared",
        source: "/",
        access: "read-write",
        ...attributes(0o755),
      },
    ],
    [
      "a cache with all that it can have",
      "--mount=type=cache,target=c,id=i,sharing=locked,source=s,ro,mode=0700,uid=1,gid=2",
      {
        type: "cache",
        target: "/w/c",
        id: "i",
        sharing: "locked",
        source: "/s",
        access: "read-only",
        ...attributes(0o700, 1, 2),
      },
    ],
    [
      "a cache that begins with files of a stage",
      "--mount=type=cache,target=/c,from=other,source=s,gid=0",
      {
        type: "cache",
        target: "/c",
        id: "/c",
        sharing: "shared",
        source: "/s",
        access: "read-write",
        ...attributes(0o755),
        base: { origin: { kind: "stage", stageIndex: 1, name: "other" }, given: { gid: 0 } },
      },
    ],
    [
      "a cache that begins with nothing",
      "--mount=type=cache,target=/c,from=scratch",
      {
        type: "cache",
        target: "/c",
        id: "/c",
        sharing: "shared",
        source: "/",
        access: "read-write",
        ...attributes(0o755),
      },
    ],
    ["a tmpfs", "--mount=type=tmpfs,target=/t", { type: "tmpfs", target: "/t", sizeBytes: undefined }],
    [
      "a tmpfs with a size",
      "--mount=type=tmpfs,size=1m,target=/t",
      { type: "tmpfs", target: "/t", sizeBytes: 1024 * 1024 },
    ],
    [
      "a secret",
      "--mount=type=secret,id=a/b",
      {
        type: "secret",
        id: "a/b",
        target: "/run/secrets/b",
        variable: undefined,
        need: "optional",
        ...attributes(0o400),
      },
    ],
    [
      "a secret by its target",
      "--mount=type=secret,target=x/y,required,mode=0440,uid=1,gid=2",
      {
        type: "secret",
        id: "y",
        target: "/w/x/y",
        variable: undefined,
        need: "required",
        ...attributes(0o440, 1, 2),
      },
    ],
    [
      "a secret as a variable",
      "--mount=type=secret,id=a,env=A",
      { type: "secret", id: "a", target: undefined, variable: "A", need: "optional", ...attributes(0o400) },
    ],
    [
      "a secret as a variable and a file",
      "--mount=type=secret,id=a,env=A,target=/a",
      { type: "secret", id: "a", target: "/a", variable: "A", need: "optional", ...attributes(0o400) },
    ],
    [
      "an agent",
      "--mount=type=ssh",
      {
        type: "ssh",
        id: "default",
        target: "/run/buildkit/ssh_agent.0",
        need: "optional",
        ...attributes(0o600),
      },
    ],
  ])("of %s have their defaults", (_, flags, expected) => {
    const stages = ["FROM scratch AS other", "FROM scratch", "WORKDIR /w"];
    expect(mountsOf(flags, stages)).toEqual([expected]);
  });

  it("number the sockets of agents", () => {
    const mounts = mountsOf("--mount=type=ssh,id=a --mount=type=tmpfs,target=/t --mount=type=ssh,id=b");
    expect(mounts.map(({ target }) => target)).toEqual([
      "/run/buildkit/ssh_agent.0",
      "/t",
      "/run/buildkit/ssh_agent.1",
    ]);
  });

  it("expand variables and count them", () => {
    const step = runOf(["ENV h=/home", "ARG u=7", "RUN --mount=type=cache,target=$h/c,uid=$u x"]);
    expect(step.mounts).toMatchObject([{ target: "/home/c", uid: 7 }]);
    expect(step.variables).toEqual([
      { scope: "ENV", name: "h", value: "/home" },
      { scope: "ARG", name: "u", value: "7" },
    ]);
  });

  it("put the namespace of caches before their ids", () => {
    const run = "RUN --mount=type=cache,target=/c x";
    expect(runOf([run], args({ BUILDKIT_CACHE_MOUNT_NS: "ns" })).mounts).toMatchObject([{ id: "ns//c" }]);
  });

  it("take files of stages by name in any case, also of later ones, which are built first", () => {
    const { stages, target } = planOf(
      [
        "FROM scratch AS first",
        "FROM scratch AS middle",
        "RUN --mount=from=FIRST,target=/a --mount=from=last,target=/b x",
        "FROM scratch AS last",
        "COPY x /",
      ],
      { target: "middle" },
    );
    expect(stages.map(({ index }) => index)).toEqual([0, 2, 1]);
    expect(target.steps).toMatchObject([
      {
        mounts: [{ origin: { kind: "stage", stageIndex: 0 } }, { origin: { kind: "stage", stageIndex: 2 } }],
      },
    ]);
  });

  it("take files of named contexts", () => {
    const contexts = namedContexts({ tools: "." });
    expect(runOf(["RUN --mount=from=tools,target=/t x"], { contexts }).mounts).toMatchObject([
      { origin: { kind: "named", name: "tools" } },
    ]);
  });

  it.each<[string, readonly string[], string]>([
    [
      "a target that is the root once it is expanded",
      ["ENV t=/", "RUN --mount=target=$t x"],
      "3 DOCKERFILE_INVALID_MOUNT",
    ],
    [
      "the working directory as a target where it is the root",
      ["RUN --mount=type=bind x"],
      "2 DOCKERFILE_INVALID_MOUNT",
    ],
    [
      "an id that is none",
      ["ENV u=me", "RUN --mount=type=cache,target=/c,uid=$u x"],
      "3 DOCKERFILE_INVALID_MOUNT",
    ],
  ])("refuse %s", (_, lines, expected) => {
    const [first = "", ...rest] = lines;
    const images = new Map();
    expect(refusalOf(() => planOf(["FROM scratch", first, ...rest], { images })).told).toEqual([expected]);
  });
});

describe("planRun: what is told", () => {
  it.each<[string, readonly string[], string]>([
    ["a command", ["FROM scratch", "RUN a"], "RUN /bin/sh -c a # buildkit"],
    ["an exec form", ["FROM scratch", 'RUN ["a", "b"]'], "RUN a b # buildkit"],
    [
      "ARGs with their values, those that are not set too",
      ["FROM scratch", "ARG b=1 a", "RUN x"],
      "RUN |2 b=1 a= /bin/sh -c x # buildkit",
    ],
    [
      "an ARG that an ENV hides",
      ["FROM scratch", "ARG a=1", "ENV a=2", "RUN x"],
      "RUN |1 a=2 /bin/sh -c x # buildkit",
    ],
    [
      "the ARGs of the stage below first",
      ["FROM scratch AS s", "ARG a=1", "FROM s", "ARG b=2", "RUN x"],
      "RUN |2 a=1 b=2 /bin/sh -c x # buildkit",
    ],
    ["a script", ["FROM scratch", "RUN <<E", "#!/x", "E"], "RUN /bin/sh -c /dev/pipes/E # buildkit"],
  ])("in the history of %s", (_, lines, expected) => {
    expect(historyOf(lines)).toBe(expected);
  });

  it("leaves proxies that no ARG declares out of the history", () => {
    expect(historyOf(["FROM scratch", "RUN x"], args({ HTTP_PROXY: "http://p" }))).toBe(
      "RUN /bin/sh -c x # buildkit",
    );
  });

  it.each<[string, readonly string[], string]>([
    ["a here-document", ["RUN <<E", "  one $a ", "two", "E"], "RUN <<E (one 1 ...)"],
    ["one of a line", ["RUN <<E", "one", "E"], "RUN <<E (one)"],
    ["a script", ["RUN <<-E", "\t#!/x", "\tone", "E"], "RUN <<-E (#!/x...)"],
    ["an empty one", ["RUN <<E", "E"], "RUN <<E ()"],
    ["one that is input of a command", ["RUN cat <<E", "one", "E"], "RUN cat <<E"],
    [
      "a quotation with escapes",
      [String.raw`RUN printf "a\n\"$a\\" '\n' \n`],
      String.raw`RUN printf "a\n\"1\\" '\n' \n`,
    ],
  ])("shows %s", (_, lines, expected) => {
    expect(runOf(["ARG a=1", ...lines]).name).toBe(`[1/1] ${expected}`);
  });

  it("shows variables that are set, and leaves what is the shell's", () => {
    const lines = ["ARG a=1", "ARG TOKEN=hunter2", `RUN echo "$a" '$b' \${c:-d} $TOKEN`];
    expect(runOf(lines).name).toBe(`[1/1] RUN echo "1" '$b' \${c:-d} $TOKEN`);
  });
});
