import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type BuildEvent, type BuildOptions, type BuildResult, build, explain } from "oci-build";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { layerEntries } from "./support/final-image.js";
import { readRawImage } from "./support/read-raw-image.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";

const obstacle = toolObstacle("busybox", "unshare", "mount", "setpriv");

/** A stage with a shell, which each test stands on. */
const BASE = [
  "FROM scratch AS base",
  "COPY --from=programs busybox /bin/busybox",
  'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
];

describe.skipIf(obstacle)(unlessObstacle("a build with RUN", obstacle), () => {
  let folder: string;
  let programs: string;
  let cacheDir: string;

  beforeEach(() => {
    folder = temporaryFolder();
    cacheDir = path.join(folder, "cache");
    programs = path.join(folder, "programs");
    fs.mkdirSync(programs);
    fs.copyFileSync(fs.realpathSync("/bin/busybox"), path.join(programs, "busybox"));
    fs.chmodSync(path.join(programs, "busybox"), 0o755);
    fs.mkdirSync(path.join(folder, "context"));
  });

  const optionsOf = (lines: readonly string[], options: BuildOptions): BuildOptions => ({
    context: path.join(folder, "context"),
    buildContexts: { programs },
    dockerfile: { text: `${[...BASE, ...lines].join("\n")}\n` },
    cacheDir,
    executor: "util-linux",
    output: { type: "none" },
    ...options,
  });

  const run = (lines: readonly string[], options: BuildOptions = {}): Promise<BuildResult> =>
    build(optionsOf(lines, options));

  /** The statuses of the steps behind those of the base, and what they wrote. */
  async function steps(lines: readonly string[], options: BuildOptions = {}) {
    const output: string[] = [];
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "step.output") output.push(event.text);
    };
    const { steps: all, digest } = await run(lines, { ...options, onEvent });
    return { statuses: all.slice(2).map(({ status }) => status), output: output.join(""), digest };
  }

  /** The members of the last layer of what is built. */
  async function lastLayer(lines: readonly string[], options: BuildOptions = {}): Promise<readonly string[]> {
    const entries = await lastEntries(lines, options);
    return entries.map(({ type, path: name }) => `${type} ${name}`);
  }

  async function lastEntries(lines: readonly string[], options: BuildOptions = {}) {
    const dest = path.join(folder, "image.tar");
    await run(lines, { ...options, output: { type: "oci", dest } });
    const { layers } = await readRawImage(dest);
    return layerEntries(layers.at(-1) ?? Buffer.alloc(0));
  }

  it("runs commands, keeps what they change, and takes it from the cache the next time", async () => {
    const lines = ["FROM base", "ENV WHO=me", "WORKDIR /w", "RUN echo $WHO > a; pwd; rm /bin/vi; mkdir d"];
    const first = await steps(lines);
    expect(first).toMatchObject({ statuses: ["executed", "executed"], output: "/w\n" });
    expect(await lastLayer(lines)).toEqual([
      ...["directory bin", "whiteout bin/vi"],
      ...["directory w", "file w/a", "directory w/d"],
    ]);
    expect(await steps(lines)).toEqual({ ...first, statuses: ["cached", "cached"], output: "" });
  });

  it("runs nothing behind a command that gives what it gave before", async () => {
    await run(["FROM base", "RUN echo 1 > /a", "RUN cat /a > /b"]);
    const again = await steps(["FROM base", "RUN printf '1\\n' > /a", "RUN cat /a > /b"]);
    expect(again.statuses).toEqual(["executed", "cached"]);
  });

  it("shows the context without what is ignored, and keeps nothing that is written to it", async () => {
    writeFiles(path.join(folder, "context"), { ".dockerignore": "secret", secret: "s", "d/a": "1" });
    const lines = [
      "FROM base",
      "RUN --mount=target=/src,rw cd /src; ls -A; stat -c '%u:%g' d/a; echo 2 > d/a; cp d/a /kept",
    ];
    const { output } = await steps(lines);
    expect(output).toBe(".dockerignore\nd\n0:0\n");
    expect(await lastLayer(lines)).toEqual(["file kept"]);
    expect(fs.readFileSync(path.join(folder, "context/d/a"), "utf8")).toBe("1");
    writeFiles(path.join(folder, "context"), { secret: "t" });
    expect((await steps(lines)).statuses).toEqual(["cached"]);
    writeFiles(path.join(folder, "context"), { "d/a": "3" });
    expect((await steps(lines)).statuses).toEqual(["executed"]);
  });

  it("shows files of other stages, in part and read-only", async () => {
    const lines = [
      ...["FROM base AS tools", "RUN mkdir -p /opt/bin && echo tool > /opt/bin/t && ln -s /opt/bin /link"],
      "FROM base",
      "RUN --mount=from=tools,source=/link,target=/t cat /t/t; ls /t; touch /t/x || echo refused",
    ];
    expect((await steps(lines)).output).toContain("tool\nt\n");
    expect((await steps([...lines, "RUN ls /t || echo gone"])).output).toContain("gone\n");
  });

  it("mounts parents first, whatever the order of the file, and finds what lay below afterwards", async () => {
    const mounts = "--mount=type=cache,target=/m/in/cache --mount=type=tmpfs,target=/m";
    const lines = [
      ...["FROM base", "RUN mkdir -p /m/in && echo kept > /m/f"],
      `RUN ${mounts} ls /m /m/in; touch /m/in/cache/x`,
      "RUN cat /m/f; ls /m/in",
    ];
    expect((await steps(lines)).output).toBe("/m:\nin\n\n/m/in:\ncache\nkept\n");
  });

  it("says of a mount point that it cannot make where, and what would help", async () => {
    writeFiles(path.join(folder, "context"), { f: "text" });
    const mounts = "--mount=target=/src --mount=type=cache,target=/src/node_modules";
    await expect(run(["FROM base", `RUN ${mounts} true`])).rejects.toMatchObject({
      code: "EXECUTOR_MOUNT_INVALID",
      message: expect.stringContaining("/src/node_modules"),
      hint: expect.stringContaining("rw"),
    });
    const { output } = await steps(["FROM base", `RUN ${mounts.replace("/src ", "/src,rw ")} ls /src`]);
    expect(output).toBe("f\nnode_modules\n");
  });

  it("dates a folder that it made for a mount when a command put something into it", async () => {
    const before = Math.floor(Date.now() / 1000);
    const entries = await lastEntries(["FROM base", "RUN --mount=type=tmpfs,target=/a/b/c touch /a/b/x"]);
    expect(entries.map((entry) => entry.path)).toEqual(["a", "a/b", "a/b/x"]);
    for (const entry of entries) {
      expect("mtimeSec" in entry ? entry.mtimeSec : 0).toBeGreaterThanOrEqual(before);
    }
  });

  it("keeps caches between builds, also those that fail, and out of layers", async () => {
    const cache = "--mount=type=cache,target=/c";
    await expect(run(["FROM base", `RUN ${cache} echo 1 >> /c/log; false`])).rejects.toMatchObject({
      code: "RUN_FAILED",
    });
    const lines = ["FROM base", `RUN ${cache} echo 2 >> /c/log; cat /c/log > /log`];
    expect(await lastLayer(lines)).toEqual(["file log"]);
    expect((await steps(["FROM base", `RUN ${cache} cat /c/log`])).output).toBe("1\n2\n");
  });

  it("begins a new cache with files of a stage and their owners, and merges nothing into it later", async () => {
    const seed = (text: string): readonly string[] => [
      "FROM base AS seed",
      `RUN mkdir -p /s/d && echo ${text} > /s/d/f && chown 7:8 /s/d/f && chmod 0710 /s && ln /s/d/f /s/g`,
      "FROM base",
    ];
    const cache = "RUN --mount=type=cache,from=seed,source=/s,target=/c";
    const look = "stat -c '%a %u:%g' /c /c/d/f; cat /c/g; [ /c/g -ef /c/d/f ] && ls /c";
    const { output } = await steps([...seed("1"), `${cache} ${look}; echo more > /c/more`]);
    expect(output).toBe("710 0:0\n644 7:8\n1\nd\ng\n");
    expect((await steps([...seed("1"), `${cache} rm /c/g; ls /c`])).output).toBe("d\nmore\n");
    expect((await steps([...seed("1"), `${cache} : again; ls /c`])).output).toBe("d\nmore\n");
    expect((await steps([...seed("2"), `${cache} : again; ls /c`])).output).toBe("d\ng\n");
    expect((await steps([...seed("1"), `${cache} : once more; ls /c`])).output).toBe("d\nmore\n");
  });

  it("runs a command again whose cache is to begin with other files, and no other", async () => {
    const lines = ["FROM base", "RUN --mount=type=cache,from=files,source=a,target=/c cat /c/f > /out"];
    const files = path.join(folder, "files");
    writeFiles(files, { "a/f": "1", "b/f": "1" });
    const options = { buildContexts: { programs, files } };
    await steps(lines, options);
    writeFiles(files, { "b/f": "2" });
    expect((await steps(lines, options)).statuses).toEqual(["cached"]);
    writeFiles(files, { "a/f": "2" });
    expect((await steps(lines, options)).statuses).toEqual(["executed"]);
  });

  // Differs: with BuildKit uid=, gid= and mode= give an empty folder instead of the files, unless there is a source=, beside
  // which they mean nothing.
  it("gives the folder that begins with files the owner and mode that the mount asks for", async () => {
    writeFiles(path.join(folder, "context"), { f: "text" });
    const from = "RUN --mount=type=cache,from=here,target=/c,uid=5,mode=0700";
    const options = { buildContexts: { programs, here: path.join(folder, "context") } };
    const { output } = await steps(["FROM base", `${from} stat -c '%a %u:%g' /c /c/f`], options);
    expect(output).toBe("700 5:0\n644 0:0\n");
  });

  it("begins a cache with one file, and says where a source is missing", async () => {
    writeFiles(path.join(folder, "context"), { f: "text" });
    const options = { buildContexts: { programs, here: path.join(folder, "context") } };
    const from = "RUN --mount=type=cache,from=here,target=/c";
    expect((await steps(["FROM base", `${from},source=f cat /c`], options)).output).toBe("text\n");
    await expect(run(["FROM base", `${from},source=none true`], options)).rejects.toMatchObject({
      code: "COPY_SOURCE_MISSING",
      data: { place: { span: { start: { line: 5 } } } },
    });
  });

  it("keeps secrets out of layers, of the store and of what is told", async () => {
    const secrets = { token: { value: "hunter2-secret" } };
    const lines = [
      "FROM base",
      "RUN --mount=type=secret,id=token,env=TOKEN,target=/t/token wc -c < /t/token; echo ${#TOKEN} > /n",
    ];
    const { output } = await steps(lines, { secrets });
    expect(output).toBe("14\n");
    expect(await lastLayer(lines, { secrets })).toEqual(["file n"]);
    const files = fs.readdirSync(cacheDir, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const bytes = fs.readFileSync(path.join(file.parentPath, file.name));
      expect(bytes.includes("hunter2")).toBe(false);
    }
  });

  it("runs scripts, here-documents and triggers", async () => {
    const lines = [
      ...["FROM base AS parent", "ONBUILD RUN echo trigger"],
      "FROM parent",
      ...["RUN <<EOF", "#!/bin/sh -e", "echo script $0", "EOF"],
      ...["RUN <<EOF", "echo one", "echo two", "EOF"],
      ...["RUN cat <<EOF", "three", "EOF"],
    ];
    const { output, statuses } = await steps(lines);
    expect(output).toBe("trigger\nscript /dev/pipes/EOF\none\ntwo\nthree\n");
    expect(statuses).toEqual(["executed", "executed", "executed", "executed"]);
    expect((await steps([...lines, "RUN ls /dev/pipes 2>/dev/null || echo none"])).output).toBe("none\n");
  });

  it("tells how a command failed, with what it said last, and runs it again", async () => {
    const lines = ["FROM base", "RUN echo half > /a; echo sorry >&2; exit 3"];
    for (const _ of [1, 2]) {
      await expect(run(lines)).rejects.toMatchObject({
        code: "RUN_FAILED",
        data: { exitCode: 3, output: "sorry\n", place: { span: { start: { line: 5 } } } },
      });
    }
  });

  it("ends a command that is stopped within two seconds, and leaves nothing that runs or is mounted", async () => {
    const stop = new AbortController();
    const mark = `mark-${process.pid}`;
    const building = run(["FROM base", `RUN trap '' TERM; echo ready; sleep 1000 ${mark} || sleep 1000`], {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "step.output") stop.abort(new Error("enough"));
      },
    });
    const startedMs = performance.now();
    await expect(building).rejects.toMatchObject({ code: "BUILD_ABORTED" });
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    await delay(100);
    expect(fs.readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(cacheDir);
    expect(fs.existsSync(path.join(folder, "context"))).toBe(true);
  });

  it("ends a command that takes longer than it may", async () => {
    await expect(run(["FROM base", "RUN sleep 1000"], { runTimeoutMs: 300 })).rejects.toMatchObject({
      code: "RUN_TIMED_OUT",
    });
  });

  it("lets one of several builds at once decide what a command gave", async () => {
    await run(["FROM base"]);
    const lines = ["FROM base", "RUN cat /proc/sys/kernel/random/uuid > /x"];
    const built = await Promise.all([1, 2, 3, 4].map(() => run(lines)));
    expect(new Set(built.map(({ digest }) => digest)).size).toBe(1);
  });

  it("runs stages at once that do not need each other", async () => {
    const stage = (name: string): readonly string[] => [
      `FROM base AS ${name}`,
      `RUN --mount=type=cache,id=meet,target=/m touch /m/${name}; until [ -e /m/a ] && [ -e /m/b ]; do sleep 0.1; done; touch /${name}`,
    ];
    const lines = [
      ...stage("a"),
      ...stage("b"),
      ...["FROM base", "COPY --from=a /a /", "COPY --from=b /b /", "RUN ls /a /b"],
    ];
    expect((await steps(lines)).output).toBe("/a\n/b\n");
  });

  it("makes a layer anew that is damaged when a command needs it", async () => {
    const { steps: built } = await run(["FROM base"]);
    const [, hex = ""] = built[0]?.layer?.digest.split(":") ?? [];
    const blob = path.join(cacheDir, "v1/blobs/sha256", hex);
    const bytes = fs.readFileSync(blob);
    bytes.fill(0, 1000, 2000);
    fs.chmodSync(blob, 0o600);
    fs.writeFileSync(blob, bytes);
    fs.rmSync(path.join(cacheDir, "v1/unpacked"), { recursive: true });
    const warnings: string[] = [];
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "warning") warnings.push(event.code);
    };
    const { digest } = await run(["FROM base", "RUN ls / > /a"], { onEvent });
    expect(warnings).toEqual(["CACHE_BLOB_CORRUPT"]);
    expect((await run(["FROM base", "RUN ls / > /a"])).digest).toBe(digest);
  });

  it("can be explained before it is built", async () => {
    const lines = ["FROM base", "ENV V=1", "RUN echo $V > /a", "RUN ls"];
    await run(lines);
    const forecast = await explain(optionsOf(["FROM base", "ENV V=2", "RUN echo $V > /a", "RUN ls"], {}));
    expect(forecast.steps.map(({ verdict }) => verdict)).toEqual(["hit", "hit", "miss", "unknown"]);
  });
});
