import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { ImageManifest } from "@oci-build/oci";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { layerLines, readImage } from "./support/image-lines.js";
import { type CommandOptions, type CommandResult, runOciBuild } from "./support/run-command.js";

const base = temporaryFolder();
let count = 0;
let app: string;

const dockerfile = 'FROM scratch\nWORKDIR /app\nCOPY package.json ./\nCOPY . .\nCMD ["/app/main"]\n';

beforeEach(() => {
  count += 1;
  app = path.join(base, `app${count}`);
  writeFiles(app, {
    Dockerfile: dockerfile,
    "package.json": "{}",
    main: "main",
    "src/a.txt": "a",
  });
});

function run(args: readonly string[], options: Partial<CommandOptions> = {}): Promise<CommandResult> {
  return runOciBuild(args, {
    cwd: app,
    ...options,
    env: { OCI_BUILD_CACHE_DIR: path.join(base, `cache${count}`), ...options.env },
  });
}

const result = /^(\/.*)\.oci\.tar {2}(sha256:[0-9a-f]{64})\n$/;

describe("oci-build", () => {
  it("writes a tarball named after the context's folder, and prints its path and digest alone", async () => {
    const { exitCode, stdout, stderr } = await run(["."]);
    expect(stderr).toContain("[1/3] WORKDIR /app");
    expect(exitCode).toBe(0);
    const [, file, digest] = result.exec(stdout) ?? [];
    expect(file).toBe(path.join(app, path.basename(app)));
    const image = await readImage(`${file}.oci.tar`);
    expect(image.digest).toBe(digest);
    expect(image.layers.map(layerLines)).toEqual([
      ["directory app 0755"],
      ["file app/package.json 0644 2"],
      [
        `file app/Dockerfile 0644 ${dockerfile.length}`,
        "file app/main 0644 4",
        "file app/package.json 0644 2",
        "directory app/src 0755",
        "file app/src/a.txt 0644 1",
      ],
    ]);
  });

  it("runs nothing the second time, with COPY . . and all its own files in the context", async () => {
    const own = [
      "--iidfile",
      "iid",
      "--metadata-file",
      "meta.json",
      "--cache-dir",
      "cache",
      "-o",
      "type=oci,dest=app.tar",
    ];
    const first = await run(["build", ...own, "."]);
    expect(first.stderr).toContain("DONE");
    const second = await run(["build", ...own, "."]);
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr.match(/CACHED/g)).toHaveLength(3);
    expect(second.stderr).not.toMatch(/DONE .*layer/);
    const metadata = JSON.parse(fs.readFileSync(path.join(app, "meta.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect(fs.readFileSync(path.join(app, "iid"), "utf8")).toBe(metadata["containerimage.config.digest"]);
    expect(metadata).toMatchObject({
      "containerimage.digest": first.stdout.trim().split("  ")[1],
      "containerimage.descriptor": { mediaType: "application/vnd.oci.image.manifest.v1+json" },
    });
  });

  it("runs only the steps that see a changed file", async () => {
    await run(["."]);
    fs.writeFileSync(path.join(app, "src/a.txt"), "b");
    const { stderr } = await run(["."]);
    expect(stderr.match(/CACHED/g)).toHaveLength(2);
    expect(stderr).toMatch(/DONE .*layer/);
  });

  it("takes a changed time for no change", async () => {
    const first = await run(["."]);
    fs.utimesSync(path.join(app, "main"), 1, 1);
    const second = await run(["."]);
    expect(second.stderr.match(/CACHED/g)).toHaveLength(3);
    expect(second.stdout).toBe(first.stdout);
  });

  it("looks nothing up with --no-cache", async () => {
    await run(["."]);
    const { stderr } = await run(["--no-cache", "."]);
    expect(stderr).not.toContain("CACHED");
  });

  it("writes the image to standard output, and nothing else there", async () => {
    const file = path.join(app, "piped.tar");
    const { stdout, exitCode } = await runPiped(["-q", "-o", "type=oci,dest=-", "."], file);
    expect([stdout, exitCode]).toEqual(["", 0]);
    expect((await readImage(file)).layers).toHaveLength(3);
  });

  it("names the tarball and the image after the first tag", async () => {
    const { stdout } = await run(["-t", "ghcr.io/me/tool:1.0", "-t", "tool", "."]);
    expect(stdout).toContain(path.join(app, "tool.oci.tar"));
  });

  it("reads options from oci-build.toml, and lets the command line win", async () => {
    writeFiles(app, { "oci-build.toml": 'tag = "fromfile:1"\n[label]\na = "file"\nb = "file"\n' });
    const { stdout } = await run(["--label", "b=line", "."]);
    const file = path.join(app, "fromfile.oci.tar");
    expect(stdout).toContain(file);
    expect((await readImage(file)).config.config?.Labels).toEqual({ a: "file", b: "line" });
  });

  it("writes annotations into the manifest, those of the command line over those of the file", async () => {
    writeFiles(app, { "oci-build.toml": '[annotation]\na = "file"\nb = "file"\n' });
    const { stdout } = await run([
      "--annotation",
      "b=x=y",
      "--annotation",
      "manifest:c=",
      "-t",
      "noted",
      ".",
    ]);
    const digest = stdout.trim().slice(-64);
    const blob = [
      "--extract",
      "--to-stdout",
      "--file",
      path.join(app, "noted.oci.tar"),
      `blobs/sha256/${digest}`,
    ];
    const manifest = JSON.parse(execFileSync("tar", blob, { encoding: "utf8" })) as ImageManifest;
    expect(manifest.annotations).toEqual({ a: "file", b: "x=y", c: "" });
  });

  it.each([
    ["index:a=b", "the image has no index that could have annotations, only a manifest"],
    ["index-descriptor[linux/amd64]:a=b", "the image has no index-descriptor that could"],
    ["a", "an annotation is written as name=value"],
    ["=b", "an annotation is written as name=value"],
  ])("refuses the annotation %s", async (annotation, problem) => {
    const { exitCode, stderr } = await run(["--annotation", annotation, "."]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(`--annotation ${annotation}: ${problem}`),
    ]);
  });

  it("takes a build argument from the environment, and warns of one that nothing uses", async () => {
    writeFiles(app, { Dockerfile: "FROM scratch\nARG V=default\nENV V=$V\n" });
    const { stderr } = await run(["--build-arg", "V", "--build-arg", "X=1", "-t", "a", "."], {
      env: { V: "env" },
    });
    expect(stderr).toContain("WARNING: the build argument X is used by no ARG of the Dockerfile");
    expect((await readImage(path.join(app, "a.oci.tar"))).config.config?.Env).toContain("V=env");
  });

  it("uses Dockerfile and ignore file even where they are ignored, and a Dockerfile outside the context", async () => {
    const outside = path.join(base, `outside${count}`);
    writeFiles(outside, { Dockerfile: "FROM scratch\nCOPY . /\n", "Dockerfile.dockerignore": "src\n" });
    writeFiles(app, { ".dockerignore": "*\n" });
    await run(["-f", path.join(outside, "Dockerfile"), "-t", "a", "."]);
    expect((await readImage(path.join(app, "a.oci.tar"))).layers.map(layerLines)).toEqual([
      expect.arrayContaining(["file main 0644 4", "file .dockerignore 0644 2"]),
    ]);
  });

  it("reads a Dockerfile from standard input", async () => {
    await run(["-f", "-", "-t", "a", "."], { input: "FROM scratch\nCOPY main /\n" });
    expect((await readImage(path.join(app, "a.oci.tar"))).layers.map(layerLines)).toEqual([
      ["file main 0644 4"],
    ]);
  });

  it("prints the digest alone with -q", async () => {
    const { stdout, stderr } = await run(["-q", "."]);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/), ""]);
  });

  it("tells every event as JSON with --progress=rawjson", async () => {
    const { stderr } = await run(["--progress", "rawjson", "."]);
    const events = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    expect(events[0]).toMatchObject({ type: "build.started" });
    expect(events.at(-1)).toMatchObject({ type: "build.finished" });
  });

  it("needs no home folder when it is told where the cache is, and says so when it is not", async () => {
    expect((await run(["."], { env: { HOME: "" } })).exitCode).toBe(0);
    const unknown = await run(["."], { env: { HOME: "", XDG_CACHE_HOME: "", OCI_BUILD_CACHE_DIR: "" } });
    expect([unknown.exitCode, unknown.stderr]).toEqual([3, expect.stringContaining("CACHE_NO_FOLDER")]);
  });
});

describe("oci-build: checks", () => {
  it("warns of what they find, with its place, unless it is skipped", async () => {
    writeFiles(app, { Dockerfile: "FROM scratch AS Upper\nCOPY main /\n" });
    const warned = await run(["."]);
    expect([warned.exitCode, warned.stderr]).toEqual([
      0,
      expect.stringMatching(/^WARNING: .* \[StageNameCasing\] \(Dockerfile:1\)$/m),
    ]);
    const skipped = await run(["--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=all", "."]);
    expect(skipped.stderr).not.toContain("WARNING");
  });

  it("refuses what they find when the Dockerfile asks for it", async () => {
    writeFiles(app, { Dockerfile: "# check=error=true\nFROM scratch AS Upper\nCOPY main /\n" });
    const { exitCode, stderr } = await run(["."]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Dockerfile:2:17: warning:")]);
  });

  it("knows what the ignore file leaves out", async () => {
    writeFiles(app, { ".dockerignore": "node_modules\n" });
    expect((await run(["."])).stderr).toContain("[NodeModulesIgnoreDepth] (.dockerignore:1)");
  });
});

describe("oci-build: usage", () => {
  it.each([
    ["an unknown option", ["--tagg", "x", "."], 2, "(Did you mean --tag?)"],
    ["no context", [], 2, "missing argument: CONTEXT"],
    ["two contexts", [".", "."], 2, "too many arguments"],
    ["a wrong mode", ["--progress", "loud", "."], 2, "Allowed choices are auto, plain, tty, rawjson, quiet"],
    ["a wrong output", ["-o", "type=local,to=x", "."], 2, "OPTION_INVALID"],
    ["a wrong tag", ["-t", "UPPER", "."], 1, "REGISTRY_REFERENCE_INVALID"],
    ["a wrong platform", ["--platform", "toaster", "."], 2, "OPTION_INVALID"],
    ["two platforms", ["--platform", "linux/amd64,linux/arm64", "."], 2, "one platform at a time"],
    ["a missing context", ["nowhere"], 1, "BUILD_CONTEXT_INVALID"],
    ["a missing Dockerfile", ["-f", "nowhere", "."], 1, "BUILD_DOCKERFILE_MISSING"],
    ["an unknown target", ["--target", "x", "."], 1, "BUILD_TARGET_MISSING"],
  ])("refuses %s", async (_, args, exitCode, message) => {
    const { stderr, stdout, ...ended } = await run(args);
    expect(stderr).toContain(message);
    expect([ended.exitCode, stdout]).toEqual([exitCode, ""]);
  });

  it("shows its commands, its options and its version", async () => {
    const help = await run(["--help"]);
    expect([help.exitCode, help.stderr]).toEqual([0, ""]);
    const [, commands = ""] = help.stdout.split("\nCommands:\n");
    expect(commands.match(/^ {2}[a-z]+/gm)).toEqual(
      [
        ...["cache", "check", "copy", "diff", "explain", "format", "history", "images", "inspect", "lock"],
        ...["login", "logout", "parse", "plan", "pull", "push", "rebase", "rmi", "run", "tag", "validate"],
      ].map((name) => `  ${name}`),
    );
    for (const option of [
      "--file",
      "--tag",
      "--target",
      "--build-arg",
      "--label",
      "--annotation",
      "--output",
      "--no-cache",
      "--platform",
      "--progress",
      "--quiet",
      "--iidfile",
      "--metadata-file",
      "--cache-dir",
      ...["--secret", "--ssh", "--allow", "--network", "--add-host", "--shm-size", "--ulimit", "--executor"],
      ...["--run-timeout", "--debug-shell"],
    ]) {
      expect(help.stdout).toContain(option);
    }
    expect((await run(["--version"])).stdout).toMatch(/^oci-build \d+\.\d+\.\d+\n$/);
  });
});

async function runPiped(args: readonly string[], file: string): Promise<CommandResult> {
  const stream = fs.createWriteStream(file);
  const ended = await run(args, { onStart: (child) => void child.stdout?.pipe(stream) });
  await new Promise((resolve) => stream.end(resolve));
  return { ...ended, stdout: "" };
}
