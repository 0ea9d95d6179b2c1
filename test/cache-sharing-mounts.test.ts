import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildEvent, type BuildOptions, build } from "oci-build";
import { beforeEach, describe, expect, it } from "vitest";
import { childCommand, variantProblem } from "../packages/executor/test/support/host-variants.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";

const obstacle = toolObstacle("busybox", "unshare", "mount", "setpriv");

const BASE = [
  "FROM scratch AS base",
  "COPY --from=programs busybox /bin/busybox",
  'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
];

describe.skipIf(obstacle)(unlessObstacle("cache mounts that are exported and imported", obstacle), () => {
  let folder: string;
  let programs: string;
  let shared: string;

  beforeEach(() => {
    folder = temporaryFolder();
    shared = path.join(folder, "shared");
    programs = path.join(folder, "programs");
    writeFiles(folder, { "programs/": "", "context/seed/f": "seed" });
    fs.copyFileSync(fs.realpathSync("/bin/busybox"), path.join(programs, "busybox"));
    fs.chmodSync(path.join(programs, "busybox"), 0o755);
  });

  /** What a build with a cache of its own says, and how its last step went. */
  async function run(cache: string, lines: readonly string[], options: BuildOptions = {}) {
    const [output, warnings]: [string[], string[]] = [[], []];
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "step.output") output.push(event.text);
      if (event.type === "warning") warnings.push(event.code);
    };
    const { steps } = await build({
      ...{ context: path.join(folder, "context"), buildContexts: { programs }, executor: "util-linux" },
      dockerfile: { text: `${[...BASE, ...lines].join("\n")}\n` },
      ...{ cacheDir: path.join(folder, cache), output: { type: "none" }, onEvent },
      ...options,
    });
    return { output: output.join(""), warnings, status: steps.at(-1)?.status };
  }

  const exported = (mounts: boolean): BuildOptions => ({ cacheTo: { type: "local", dest: shared, mounts } });
  const imported = (): BuildOptions => ({ cacheFrom: { type: "local", src: shared } });
  const FILL = [
    "RUN --mount=type=cache,target=/c,uid=3,gid=4,mode=0750",
    "mkdir /c/d && echo kept > /c/d/f && chown 5:6 /c/d/f && chmod 0600 /c/d/f && ln /c/d/f /c/g && ln -s d/f /c/l",
  ].join(" ");
  const look = (text: string): string =>
    `RUN --mount=type=cache,target=/c,uid=3,gid=4,mode=0750 : ${text}; ls -A /c; stat -c '%a %u:%g' /c /c/g; cat /c/l`;
  const SEEN = "d\ng\nl\n750 3:4\n600 5:6\nkept\n";

  it("come along when that is asked for, with their owners", async () => {
    await run("one", ["FROM base", FILL], exported(true));
    const second = await run("two", ["FROM base", look("two")], imported());
    expect(second).toEqual({ output: SEEN, warnings: [], status: "executed" });
  });

  it("do not come along else", async () => {
    await run("one", ["FROM base", FILL], exported(false));
    const lines = ["FROM base", "RUN --mount=type=cache,target=/c,uid=3,gid=4,mode=0750 ls -A /c; echo end"];
    expect(await run("two", lines, imported())).toMatchObject({ output: "end\n" });
  });

  it("come along also where their commands are in the cache, and stay in the next export", async () => {
    await run("one", ["FROM base", FILL]);
    const again = await run("one", ["FROM base", FILL], exported(true));
    expect(again.status).toBe("cached");
    const next = await run("two", ["FROM base", FILL, look("two")], { ...imported(), ...exported(true) });
    expect(next.output).toBe(SEEN);
    expect((await run("three", ["FROM base", look("three")], imported())).output).toBe(SEEN);
  });

  it("are not merged into those that are there", async () => {
    await run("one", ["FROM base", FILL], exported(true));
    const own = "RUN --mount=type=cache,target=/c,uid=3,gid=4,mode=0750 ls -A /c; echo own > /c/own";
    expect((await run("two", ["FROM base", own])).output).toBe("");
    const second = await run("two", ["FROM base", `${own}; ls -A /c`], imported());
    expect(second.output).toBe("own\nown\n");
  });

  it("begin alike where private ones of one id are used at the same time", async () => {
    const cache = "RUN --mount=type=cache,id=c,sharing=private,target=/c";
    await run("one", ["FROM base", `${cache} echo kept > /c/f`], exported(true));
    // Each waits until the other has begun, and has put nothing into a folder that the other sees.
    const stage = (name: string, other: string): readonly string[] => [
      `FROM base AS ${name}`,
      `${cache} --mount=type=cache,id=met,target=/met echo $(ls /c) > /met/${name}; touch /c/${name}; while ! [ -e /met/${other} ]; do sleep 0.1; done; cat /met/${other}`,
    ];
    const lines = [...stage("a", "b"), ...stage("b", "a"), "FROM a", "COPY --from=b /bin/busybox /b"];
    const { output } = await run("two", lines, imported());
    expect(output).toBe("f\nf\n");
    expect(fs.readdirSync(path.join(folder, "two/v1/mounts")).length).toBe(3);
  });

  it("are those that began with the same files", async () => {
    const cache = "RUN --mount=type=cache,from=here,source=seed,target=/c";
    const options = { buildContexts: { programs, here: path.join(folder, "context") } };
    await run("one", ["FROM base", `${cache} echo more > /c/more`], { ...exported(true), ...options });
    const look = ["FROM base", `${cache} ls -A /c`];
    expect((await run("two", look, { ...imported(), ...options })).output).toBe("f\nmore\n");
    writeFiles(folder, { "context/seed/f": "other" });
    expect((await run("three", look, { ...imported(), ...options })).output).toBe("f\n");
  });

  it("that are damaged are not used, with a warning", async () => {
    await run("one", ["FROM base", FILL], exported(true));
    const blobs = path.join(shared, "v1/blobs/sha256");
    for (const name of fs.readdirSync(blobs)) {
      const bytes = fs.readFileSync(path.join(blobs, name));
      bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 8);
      fs.writeFileSync(path.join(blobs, name), bytes);
    }
    const lines = ["FROM base", "RUN --mount=type=cache,target=/c,uid=3,gid=4,mode=0750 ls -A /c; echo end"];
    const { output, warnings } = await run("two", lines, imported());
    expect(output).toBe("end\n");
    expect(warnings.length).toBeGreaterThan(1);
    const folders = fs.readdirSync(path.join(folder, "two/v1/mounts"));
    expect(folders).toHaveLength(1);
    expect(fs.readdirSync(path.join(folder, "two/v1/tmp"))).toEqual([]);
  });

  it("are waited for while somebody writes to them", async () => {
    await run("one", ["FROM base"]);
    const slow = "RUN --mount=type=cache,target=/c echo ready; sleep 2; echo done > /c/done";
    let writing: Promise<unknown> | undefined;
    await new Promise<void>((resolve, reject) => {
      const onEvent = (event: BuildEvent): void => {
        if (event.type === "step.output") resolve();
      };
      writing = run("one", ["FROM base", slow], { onEvent });
      writing.catch(reject);
    });
    await run("one", ["FROM base", "RUN --mount=type=cache,target=/c true"], exported(true));
    const lines = ["FROM base", "RUN --mount=type=cache,target=/c cat /c/done"];
    expect((await run("two", lines, imported())).output).toBe("done\n");
    await writing;
  });

  const user = "user with subordinate ids";
  const problem = variantProblem(user);

  it.skipIf(problem !== undefined)(
    `have the same owners for a user and for root${problem === undefined ? "" : ` (skipped: ${problem})`}`,
    async () => {
      const rootless = path.join(folder, "rootless");
      fs.mkdirSync(rootless);
      fs.chmodSync(folder, 0o755);
      writeFiles(rootless, { Dockerfile: [...BASE, "FROM base", FILL, look("user"), ""].join("\n") });
      const child = fileURLToPath(new URL("../packages/oci-build/bin/oci-build.js", import.meta.url));
      const places = ["--cache-dir", path.join(rootless, "cache"), "--build-context", `programs=${programs}`];
      const to = `type=local,dest=${path.join(rootless, "shared")},mounts=true`;
      const args = ["build", ...places, "--cache-to", to, "-o", "type=oci,dest=/dev/null", "-q", rootless];
      const [program, ...rest] = childCommand(user, { child, folder: rootless, args });
      const { status, stderr } = spawnSync(program, rest, { encoding: "utf8" });
      expect(status, stderr).toBe(0);
      const cacheFrom = { type: "local", src: path.join(rootless, "shared") } as const;
      const seen = await run("two", ["FROM base", FILL, look("root")], { cacheFrom });
      expect(seen).toEqual({ output: SEEN, warnings: [], status: "executed" });
    },
  );
});
