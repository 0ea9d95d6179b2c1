import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ExecStatus } from "@oci-build/executor";
import { isOciBuildError } from "@oci-build/oci";
import { describe, expect, it, onTestFinished } from "vitest";
import { type RunBuildOptions, runProject } from "../../test/support/run-project.js";

describe("RUN: what is run, and what is taken from the cache", () => {
  it("is run once, and then taken from the cache", async () => {
    const { build } = runProject();
    const lines = ["FROM scratch", "RUN make"];
    const first = await build(lines);
    expect(first.calls).toEqual(["check", "open", "run make", "dispose result", "dispose"]);
    expect(first.statuses).toEqual(["executed"]);
    const again = await build(lines);
    expect(again.calls).toEqual(["check"]);
    expect(again.statuses).toEqual(["cached"]);
    expect(again.result.digest).toBe(first.result.digest);
    expect(again.result.steps[0]).toMatchObject({
      contentDigest: first.result.steps[0]?.contentDigest,
      entries: 1,
    });
  });

  it("asks for no executor where there is no RUN", async () => {
    const { build } = runProject({ a: "1" });
    expect((await build(["FROM scratch", "COPY a /"])).calls).toEqual([]);
  });

  it("makes no layer where it changes nothing", async () => {
    const { build } = runProject();
    const lines = ["FROM scratch", "RUN true"];
    const { result } = await build(lines, { shell: () => ({}) });
    expect(result.steps[0]).toMatchObject({ status: "executed", layer: undefined, entries: 0 });
    const again = await build(lines);
    expect(again.statuses).toEqual(["cached"]);
    expect(again.result.digest).toBe(result.digest);
  });

  it("is run again where another one before it, which changed nothing, was not there", async () => {
    const { build } = runProject();
    const shell: RunBuildOptions["shell"] = (command) =>
      command === "true" ? {} : { files: { out: command } };
    await build(["FROM scratch", "RUN make"], { shell });
    const more = await build(["FROM scratch", "RUN true", "RUN make"], { shell });
    expect(more.statuses).toEqual(["executed", "cached"]);
  });

  it("is run again under --no-cache, and what it gives then stands", async () => {
    const { build } = runProject();
    const lines = ["FROM scratch", "RUN make"];
    await build(lines, { shell: () => ({ files: { a: "1" } }) });
    const anew = await build(lines, { noCache: true, shell: () => ({ files: { a: "2" } }) });
    expect(anew.statuses).toEqual(["executed"]);
    const again = await build(lines);
    expect(again.statuses).toEqual(["cached"]);
    expect(again.result.digest).toBe(anew.result.digest);
  });

  it("gets the layer of the same content that an earlier run gave, so that what follows is not run again", async () => {
    const { build } = runProject();
    const shell: RunBuildOptions["shell"] = (command) =>
      command.startsWith("make") ? { files: { out: "the same" } } : { files: { next: command } };
    const first = await build(["FROM scratch", "RUN make", "RUN test"], { shell });
    const second = await build(["FROM scratch", "RUN make # with a comment", "RUN test"], { shell });
    expect(second.statuses).toEqual(["executed", "cached"]);
    expect(second.result.steps.map(({ layer }) => layer)).toEqual(
      first.result.steps.map(({ layer }) => layer),
    );
  });

  it("gives COPY the layer that it made, and takes the one that COPY made", async () => {
    const { build } = runProject({ a: "text" });
    const copied = await build(["FROM scratch", "COPY --chmod=644 a /a"]);
    const run = await build(["FROM scratch", "RUN make"], { shell: () => ({ files: { a: "text" } }) });
    expect(run.result.steps[0]?.layer).toEqual(copied.result.steps[0]?.layer);
  });

  it("takes what another build has recorded meanwhile", async () => {
    const project = runProject();
    const lines = ["FROM scratch", "RUN date > /x"];
    const results = await Promise.all(
      [1, 2, 3, 4].map((number) => project.build(lines, { shell: () => ({ files: { x: `${number}` } }) })),
    );
    expect(new Set(results.map(({ result }) => result.digest)).size).toBe(1);
  });

  it("is not run again for another form of its layer, which is encoded anew", async () => {
    const { build } = runProject();
    const lines = ["FROM scratch", "RUN make", "RUN test"];
    const gzip = await build(lines);
    const raw = await build(lines, { compression: { type: "uncompressed" } });
    expect(raw.calls).toEqual(["check"]);
    expect(raw.statuses).toEqual(["cached", "cached"]);
    const [was, is] = [gzip.result.steps[0]?.layer, raw.result.steps[0]?.layer];
    expect(is?.diffId).toBe(was?.diffId);
    expect(is?.digest).not.toBe(was?.digest);
    expect((await build(lines)).result.digest).toBe(gzip.result.digest);
  });

  it("has its layer encoded anew once for each form, times included", async () => {
    const { build } = runProject();
    const lines = ["FROM scratch", "RUN make"];
    const [first] = (await build(lines)).result.steps;
    const clamped = { sourceDateEpoch: 5 };
    const [anew] = (await build(lines, clamped)).result.steps;
    expect(anew).toMatchObject({
      status: "cached",
      contentDigest: first?.contentDigest,
      segmentsCompressed: 1,
    });
    expect(anew?.layer?.diffId).not.toBe(first?.layer?.diffId);
    const [again] = (await build(lines, clamped)).result.steps;
    expect(again).toMatchObject({ status: "cached", layer: anew?.layer });
    expect(again?.segmentsCompressed).toBeUndefined();
  });

  it("gives a full result to nobody who has but one id, nor the other way round", async () => {
    const { build } = runProject();
    const lines = ["FROM scratch", "RUN make"];
    expect((await build(lines, { fidelity: "single-id" })).statuses).toEqual(["executed"]);
    expect((await build(lines)).statuses).toEqual(["executed"]);
    expect((await build(lines, { fidelity: "single-id" })).statuses).toEqual(["cached"]);
  });
});

describe("RUN: what it is given", () => {
  it("has the arguments, variables, user and folder that the Dockerfile says, and what the build says", async () => {
    const { build } = runProject();
    const { requests } = await build(
      ["FROM scratch", "ENV a=1", "ARG b", "USER me", "WORKDIR /w", "RUN make"],
      {
        buildArgs: { b: "2", HTTP_PROXY: "http://p" },
        addHosts: [{ name: "h", address: "1.2.3.4" }],
        shmSize: 1024,
        ulimits: [{ name: "nofile", soft: 5 }],
        network: "none",
      },
    );
    const [request] = requests;
    expect(Object.fromEntries(request?.env ?? [])).toMatchObject({
      a: "1",
      b: "2",
      HTTP_PROXY: "http://p",
      http_proxy: "http://p",
    });
    expect(request).toMatchObject({
      args: ["/bin/sh", "-c", "make"],
      cwd: "/w",
      user: "me",
      network: "none",
      security: "sandbox",
      hosts: [{ name: "h", address: "1.2.3.4" }],
      shmSizeBytes: 1024,
      ulimits: [{ name: "nofile", soft: 5, hard: 5 }],
      stdio: "captured",
    });
  });

  it("runs on the layers below it, whose tars are what their ids say", async () => {
    const { build } = runProject({ a: "1" });
    const { requests, result } = await build([
      "FROM scratch AS base",
      "COPY a /",
      "FROM base",
      "RUN one",
      "RUN two",
    ]);
    const { layers, tree } = requests[1]?.root ?? { layers: [] };
    expect(layers.map(({ diffId }) => diffId)).toEqual(
      result.steps.slice(0, 2).map(({ layer }) => layer?.diffId),
    );
    expect([...(tree?.entries() ?? [])].map(({ path }) => path)).toEqual(["a", "out"]);
    for (const { diffId, open } of layers) {
      const hash = createHash("sha256");
      for await (const chunk of open()) hash.update(chunk);
      expect(`sha256:${hash.digest("hex")}`).toBe(diffId);
    }
  });

  it("runs on the layers of an image below those of the stage", async () => {
    const { build } = runProject({ a: "1" });
    const output = { type: "image" } as const;
    const base = await build(["FROM scratch", "COPY a /"], { tags: ["base"], output });
    const { requests, result } = await build(["FROM base", "COPY a /b", "RUN make"]);
    expect(requests[0]?.root.layers.map(({ diffId }) => diffId)).toEqual(
      [base.result.steps[0], result.steps[0]].map((step) => step?.layer?.diffId),
    );
    expect([...(requests[0]?.root.tree.entries() ?? [])].map(({ path: name }) => name)).toEqual(["a", "b"]);
    const again = await build(["FROM base", "COPY a /b", "RUN make"]);
    expect(again.statuses).toEqual(["cached", "cached"]);
    await build(["FROM scratch", "COPY a /other"], { tags: ["base"], output });
    expect((await build(["FROM base", "COPY a /b", "RUN make"])).statuses).toEqual(["cached", "executed"]);
  });

  it("finds its script", async () => {
    const { build } = runProject();
    const { requests } = await build(["FROM scratch", "RUN <<EOF", "#!/bin/x", "a", "EOF"]);
    expect(requests[0]?.args).toEqual(["/bin/sh", "-c", "/dev/pipes/EOF"]);
    const content = new TextEncoder().encode("#!/bin/x\na\n");
    expect(requests[0]?.mounts).toEqual([
      { kind: "file", target: "/dev/pipes/EOF", content, mode: 0o755, uid: 0, gid: 0 },
    ]);
  });

  it("tells what it writes, line by line, and how late", async () => {
    const { build } = runProject();
    const { events } = await build(["FROM scratch", "RUN make"], {
      shell: () => ({
        output: [
          ["stdout", "a\nb"],
          ["stderr", "c\n"],
          ["stdout", "d\n"],
          ["stderr", "end"],
        ],
      }),
    });
    const told = events.flatMap((event) =>
      event.type === "step.output" ? [[event.stream, event.text]] : [],
    );
    expect(told).toEqual([
      ["stdout", "a\n"],
      ["stderr", "c\n"],
      ["stdout", "bd\n"],
      ["stderr", "end\n"],
    ]);
  });
});

describe("RUN: what mounts show", () => {
  it("of the context is what the ignore file leaves, owned by root", async () => {
    const { build } = runProject({ ".dockerignore": "secret", a: "1", secret: "2", "d/b": "3" });
    const { requests } = await build(["FROM scratch", "RUN --mount=target=/src make"]);
    const [mount] = requests[0]?.mounts ?? [];
    if (mount?.kind !== "bind" || mount.source.kind !== "layers")
      throw new Error("expected a bind of layers");
    expect(mount).toMatchObject({ target: "/src", writes: "refused", source: { path: "/mounted" } });
    const paths = [...mount.source.root.tree.entries()].map(({ path, uid }) => `${path} ${uid}`);
    expect(paths).toEqual([
      "mounted 0",
      "mounted/.dockerignore 0",
      "mounted/a 0",
      "mounted/d 0",
      "mounted/d/b 0",
    ]);
    for (const { diffId, open } of mount.source.root.layers) {
      const hash = createHash("sha256");
      for await (const chunk of open()) hash.update(chunk);
      expect(`sha256:${hash.digest("hex")}`).toBe(diffId);
    }
  });

  it("of a stage are its layers", async () => {
    const { build } = runProject({ a: "1" });
    const { requests, result } = await build([
      "FROM scratch AS tools",
      "COPY a /bin/a",
      "FROM scratch",
      "RUN --mount=from=tools,source=/bin,target=/t,rw make",
    ]);
    expect(requests[0]?.mounts).toMatchObject([
      {
        kind: "bind",
        target: "/t",
        writes: "discarded",
        source: {
          kind: "layers",
          path: "/bin",
          root: { layers: [{ diffId: result.steps[0]?.layer?.diffId }] },
        },
      },
    ]);
  });

  it("that are not there end the build where they are named, and are explained", async () => {
    const { build } = runProject({ ".dockerignore": "a*", abc: "1" });
    const failure: unknown = await build(["FROM scratch", "RUN --mount=source=abc,target=/src make"]).catch(
      (error: unknown) => error,
    );
    if (!isOciBuildError(failure, "COPY_SOURCE_MISSING")) throw failure;
    expect(failure.data).toMatchObject({
      ignoredBy: { pattern: "a*", line: 1 },
      place: { span: { start: { line: 2, column: 13 } } },
    });
  });

  it("are secrets and agents that were given, and none that were not", async () => {
    const { build, cacheDir } = runProject();
    const socket = path.join(cacheDir, "agent");
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const flags = "--mount=type=secret,id=a --mount=type=secret,id=b,env=B --mount=type=secret,id=no";
    const { requests } = await build(["FROM scratch", `RUN ${flags} --mount=type=ssh make`], {
      secrets: { a: { value: "1" }, b: { value: "2" } },
      ssh: { default: socket },
    });
    expect(requests[0]?.mounts).toEqual([
      {
        ...{ kind: "socket", target: "/run/buildkit/ssh_agent.0", serve: expect.any(Function) },
        ...{ mode: 0o600, uid: 0, gid: 0 },
      },
      {
        ...{ kind: "file", target: "/run/secrets/a", content: new TextEncoder().encode("1") },
        ...{ mode: 0o400, uid: 0, gid: 0 },
      },
    ]);
    expect(requests[0]?.env.get("B")).toBe("2");
    expect(requests[0]?.env.get("SSH_AUTH_SOCK")).toBe("/run/buildkit/ssh_agent.0");
  });

  it.each([
    ["--mount=type=secret,id=a,required", "RUN_SECRET_MISSING", "--secret id=a"],
    ["--mount=type=ssh,id=b,required", "RUN_SSH_MISSING", "--ssh b"],
  ])("must be given where %s says so", async (flag, code, hint) => {
    const { build } = runProject();
    await expect(build(["FROM scratch", `RUN ${flag} make`])).rejects.toMatchObject({
      code,
      hint: expect.stringContaining(hint),
      data: { place: { span: { start: { line: 2, column: 13 } } } },
    });
  });
});

describe("RUN: a command that fails", () => {
  const failing: RunBuildOptions["shell"] = () => ({
    files: { out: "half" },
    output: [["stderr", "no rule\n"]],
    status: { kind: "exited", exitCode: 2 },
  });

  it("ends the build with its code, its last output and its place, and leaves nothing behind", async () => {
    const { build } = runProject();
    const lines = ["FROM scratch", "RUN make"];
    await expect(build(lines, { shell: failing })).rejects.toMatchObject({
      code: "RUN_FAILED",
      exitCode: 1,
      message: "the command failed with exit code 2: /bin/sh -c make",
      data: { exitCode: 2, signal: undefined, output: "no rule\n", place: { span: { start: { line: 2 } } } },
    });
    expect((await build(lines)).statuses).toEqual(["executed"]);
  });

  it("is told by the signal that ended it", async () => {
    const { build } = runProject();
    const shell = () => ({ status: { kind: "killed", signal: "SIGKILL" } }) as const;
    await expect(build(["FROM scratch", "RUN make"], { shell })).rejects.toMatchObject({
      message: "the command was ended by SIGKILL: /bin/sh -c make",
      data: { exitCode: undefined, signal: "SIGKILL" },
    });
  });

  it.each<[ExecStatus, string | undefined]>([
    [{ kind: "exited", exitCode: 1 }, undefined],
    [{ kind: "exited", exitCode: 126 }, "platform"],
    [{ kind: "exited", exitCode: 127 }, "A script's first line names one, too"],
    [{ kind: "exited", exitCode: 137 }, "out of memory"],
    [{ kind: "killed", signal: "SIGKILL" }, "out of memory"],
    [{ kind: "killed", signal: "SIGTERM" }, undefined],
  ])("comes with what %j may mean", async (status, hint) => {
    const { build } = runProject();
    const failed = build(["FROM scratch", "RUN make"], { shell: () => ({ status }) });
    await expect(failed).rejects.toMatchObject({ hint: hint && expect.stringContaining(hint) });
  });

  it("can be looked at before its files are removed", async () => {
    const { build } = runProject();
    const seen: unknown[] = [];
    const onFailedStep: RunBuildOptions["onFailedStep"] = async ({ step, status, enter }) => {
      seen.push(step.name, status, await enter(["/bin/sh"]));
    };
    await expect(build(["FROM scratch", "RUN make"], { shell: failing, onFailedStep })).rejects.toThrow();
    expect(seen).toEqual([
      "[1/1] RUN make",
      { kind: "exited", exitCode: 2 },
      { kind: "exited", exitCode: 0 },
    ]);
  });

  it("is one that takes longer than it may", async () => {
    const { build } = runProject();
    const shell: RunBuildOptions["shell"] = (_, { signal, onOutput }) =>
      new Promise((_resolve, reject) => {
        void onOutput("stderr", new TextEncoder().encode("almost"));
        signal?.addEventListener("abort", () => reject(new Error("killed")));
      });
    await expect(build(["FROM scratch", "RUN make"], { shell, runTimeoutMs: 20 })).rejects.toMatchObject({
      code: "RUN_TIMED_OUT",
      message: "the command took longer than 0.02 s: /bin/sh -c make",
      data: { output: "almost\n" },
    });
  });

  it("is none that had to wait until its files were unpacked", async () => {
    const { build } = runProject();
    const beforeStart = async (): Promise<void> => void (await delay(1_100));
    const { statuses } = await build(["FROM scratch", "RUN make"], { beforeStart, runTimeoutMs: 1_000 });
    expect(statuses).toEqual(["executed"]);
  });
});

describe("RUN: caches", () => {
  it("are folders that outlive builds, one for each id and owner", async () => {
    const { build } = runProject();
    const folders: string[] = [];
    const shell: RunBuildOptions["shell"] = (_, { mounts }) => {
      for (const mount of mounts) {
        if (mount.kind !== "bind" || mount.source.kind !== "folder") throw new Error("expected a folder");
        expect([mount.writes, mount.source.path]).toEqual(["kept", "/"]);
        folders.push(mount.source.folder);
      }
      return {};
    };
    const cache = "--mount=type=cache,id=c,target";
    await build(["FROM scratch", `RUN ${cache}=/a ${cache}=/b,uid=1 ${cache}=/c make`], { shell });
    await build(["FROM scratch", `RUN ${cache}=/d test`], { shell });
    const [a, b, c, d] = folders;
    expect(a).toBe(c);
    expect(a).toBe(d);
    expect(a).not.toBe(b);
  });

  it("that are locked are had by one command at a time, in whatever order they are named", async () => {
    const { build } = runProject();
    let [running, most] = [0, 0];
    const shell: RunBuildOptions["shell"] = async () => {
      running += 1;
      most = Math.max(most, running);
      await delay(5);
      running -= 1;
      return {};
    };
    const cache = (id: string): string => `--mount=type=cache,sharing=locked,id=${id},target=/${id}`;
    const lines = [
      ...["FROM scratch AS a", `RUN ${cache("x")} ${cache("y")} a`],
      ...["FROM scratch AS b", `RUN ${cache("y")} ${cache("x")} b`],
      ...["FROM scratch", "COPY --from=a / /", "COPY --from=b / /"],
    ];
    await build(lines, { shell });
    expect(most).toBe(1);
  });
});
