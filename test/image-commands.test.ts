import { createHash } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { packLayout } from "./support/registry/image-layout.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";
import { runWithin } from "./support/run-within.js";
import { hasTool, runTool } from "./support/tools.js";

const folder = temporaryFolder();
const environment = { HOME: path.join(folder, "home"), OCI_BUILD_CACHE_DIR: path.join(folder, "cache") };
const epoch = { SOURCE_DATE_EPOCH: "1700000000" };

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return runWithin(args, { cwd: folder, env: { ...environment, ...env } });
}

/** What a command wrote that has to succeed. */
async function told(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

async function build(name: string, dockerfile: string, ...args: readonly string[]): Promise<string> {
  writeFiles(path.join(folder, "context"), { [`${name}.dockerfile`]: dockerfile });
  const file = path.join("context", `${name}.dockerfile`);
  const output = `type=oci,dest=${name}.tar`;
  const { exitCode, stdout, stderr } = await run(["-q", "-f", file, "-o", output, ...args, "context"], epoch);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout.trim();
}

const sha256 = (bytes: Buffer | string): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** A file of a tar. */
const member = (tar: string, name: string): string => runTool("tar", ["-xOf", path.join(folder, tar), name]);

let digests: Readonly<Record<"base" | "app" | "other", string>>;

beforeAll(async () => {
  writeFiles(path.join(folder, "context"), { "a.txt": "a\n", "b.txt": "b\n", "c.txt": "a\n" });
  const base = await build(
    "base",
    'FROM scratch\nENV VERSION=1\nCOPY a.txt /a.txt\nLABEL of=base\nCMD ["base"]\n',
    "-t",
    "base:1",
  );
  await told("copy", "-q", "base.tar", "base:1");
  const app = await build(
    "app",
    "FROM base:1\nENV OWN=1\nCOPY b.txt /opt/b.txt\nLABEL app=yes\n",
    "-t",
    "app:1.0",
  );
  const other = await build(
    "other",
    'FROM scratch\nENV VERSION=2 MORE=x\nCOPY --chmod=600 a.txt /moved.txt\nLABEL of=other\nCMD ["other"]\n',
    "-t",
    "base:2",
  );
  digests = { base, app, other };
});

describe("oci-build copy and images", () => {
  it("puts an archive into the local store, where images lists it in Docker's columns", async () => {
    expect(await told("copy", "app.tar", "mine/app:1.0")).toContain(
      `docker.io/mine/app:1.0  ${digests.app}\n`,
    );
    const [head, row] = (await told("images", "mine/app")).split("\n");
    expect(head?.split(/ {4,}/)).toEqual(["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"]);
    const { Id } = JSON.parse(await told("inspect", "mine/app:1.0"))[0] as { Id: string };
    const id = Id.slice(7, 19);
    expect(row?.split(/ {4,}/)).toEqual([
      "mine/app",
      "1.0",
      id,
      expect.stringMatching(/ago$/),
      expect.stringMatching(/kB$/),
    ]);
    expect(await told("images", "-q", "mine/app")).toBe(`${id}\n`);
    expect(await told("images", "-q", "--no-trunc", "mine/app")).toBe(`${Id}\n`);
    expect(await told("images", "--digests", "mine/app")).toContain(` ${digests.app} `);
    const listed = JSON.parse(await told("images", "--format", "json", "mine/app")) as object;
    expect(listed).toMatchObject({
      ...{ Repository: "mine/app", Tag: "1.0", Digest: digests.app, ID: id },
      CreatedAt: "2023-11-14 22:13:20 +0000 UTC",
    });
    expect(JSON.parse(await told("inspect", id))).toMatchObject([{ Id }]);
  });

  it("adds an image to a layout beside those that are there, and replaces the one of its name", async () => {
    await told("copy", "-q", "app.tar", "oci-layout://./layout:one");
    await told("copy", "-q", "base.tar", "oci:./layout:two");
    await told("copy", "-q", "base.tar", "./layout:one");
    const index = JSON.parse(fs.readFileSync(path.join(folder, "layout/index.json"), "utf8")) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    const listed = index.manifests.map(({ digest, annotations }) => [...Object.values(annotations), digest]);
    expect(listed.sort()).toEqual([
      ["one", digests.base],
      ["two", digests.base],
    ]);
    expect(await told("validate", "./layout")).toBe("./layout: sound\n");
    const { stderr } = await run(["inspect", "./layout:three"]);
    expect(stderr).toContain("[IMAGE_MISSING]");
    expect(stderr).toContain("hint: There is two, one.");
  });

  it.skipIf(!hasTool("skopeo"))("writes what skopeo reads, in its own words", async () => {
    await told("copy", "-q", "app.tar", "oci:for-skopeo:1.0");
    await told("copy", "-q", "app.tar", "docker-archive:for-docker.tar:renamed:2");
    const places = [`oci:${folder}/for-skopeo:1.0`, `docker-archive:${folder}/for-docker.tar:renamed:2`];
    const configs = places.map((place) => JSON.parse(runTool("skopeo", ["inspect", "--config", place])));
    const own = JSON.parse(await told("inspect", "--config", "app.tar"));
    expect(configs).toEqual([own, own]);
    runTool("skopeo", ["--insecure-policy", "copy", "-q", places[1] ?? "", `oci:${folder}/by-skopeo:x`]);
    expect(await told("diff", "--exit-code", "app.tar", "oci:by-skopeo:x")).toBe("");
    runTool("skopeo", [
      "--insecure-policy",
      "copy",
      "-q",
      places[0] ?? "",
      `oci-archive:${folder}/s.tar:x:1`,
    ]);
    expect(await told("copy", "-q", "s.tar", "from-skopeo")).toBe(`${digests.app}\n`);
  });

  it.skipIf(!hasTool("umoci"))("writes what umoci reads", async () => {
    await told("copy", "-q", "app.tar", "oci:for-umoci:1.0");
    const stat = runTool("umoci", ["stat", "--image", `${folder}/for-umoci:1.0`, "--json"]);
    const history = (JSON.parse(stat) as { history: { created_by: string }[] }).history;
    expect(history.map((entry) => entry.created_by)).toContain("LABEL app=yes");
  });

  it("keeps the names of an image, and gives those that it is told to", async () => {
    await told("copy", "-q", "app.tar", "kept.tar");
    await told("copy", "-q", "app.tar", "oci-archive:named.tar:localhost:5000/x:1");
    const names = ["kept.tar", "named.tar"].map(
      (tar) => JSON.parse(member(tar, "manifest.json"))[0].RepoTags,
    );
    expect(names).toEqual([["app:1.0"], ["localhost:5000/x:1"]]);
  });
});

describe("oci-build copy --all", () => {
  it("copies artifacts, which are no images, as they are", async () => {
    const put = (bytes: string): { digest: string; size: number } => {
      const digest = sha256(bytes);
      writeFiles(path.join(folder, "artifact"), { [`blobs/sha256/${digest.slice(7)}`]: bytes });
      return { digest, size: bytes.length };
    };
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const config = { mediaType: "application/vnd.oci.empty.v1+json", ...put("{}") };
    const layers = [{ mediaType: "text/plain", ...put("signed") }];
    const artifact = { schemaVersion: 2, mediaType, artifactType: "text/x-signature", config, layers };
    const root = { mediaType, ...put(JSON.stringify(artifact)) };
    writeFiles(path.join(folder, "artifact"), {
      "oci-layout": '{"imageLayoutVersion":"1.0.0"}',
      "index.json": JSON.stringify({ schemaVersion: 2, manifests: [root] }),
    });
    expect(await told("copy", "-q", "--all", "./artifact", "signature:1")).toBe(`${root.digest}\n`);
    await told("copy", "-q", "--all", "signature:1", "./artifact.tar");
    expect(await told("inspect", "--raw", "artifact.tar")).toBe(JSON.stringify(artifact));
    expect(await told("images", "signature")).toContain("N/A");
    const { exitCode, stderr } = await run(["inspect", "signature:1"]);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("is no image that can be used: its manifest is of an artifact"),
    ]);
  });
});

describe("oci-build tag and rmi", () => {
  it("gives a name and takes it away; the image stays under its others", async () => {
    await told("copy", "-q", "app.tar", "one:1");
    expect(await told("tag", "one:1", "two")).toBe("");
    expect(await told("inspect", "--raw", "two:latest")).toBe(await told("inspect", "--raw", "app.tar"));
    expect(await told("rmi", "one:1")).toBe("Untagged: one:1\n");
    expect(await told("images", "-q", "one")).toBe("");
    expect(await told("validate", "two")).toBe("docker.io/library/two:latest: sound\n");
    expect(await told("rmi", "two")).toBe("Untagged: two:latest\n");
  });

  it("takes no ID for a name where an image has several", async () => {
    await told("copy", "-q", "other.tar", "several:1");
    await told("tag", "several:1", "several:2");
    const id = (await told("images", "-q", "several:1")).trim();
    const { exitCode, stderr } = await run(["rmi", id]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("several:1, several:2 [IMAGE_AMBIGUOUS]");
    expect(await told("rmi", "several:1", id)).toBe("Untagged: several:1\nUntagged: several:2\n");
  });
});

describe("oci-build inspect and history", () => {
  it("tells what Docker tells", async () => {
    const [image] = JSON.parse(await told("inspect", "app.tar")) as [Record<string, unknown>];
    expect(image).toMatchObject({
      RepoTags: ["app:1.0"],
      RepoDigests: [`app@${digests.app}`],
      Created: "2023-11-14T22:13:20Z",
      Config: {
        Env: [expect.stringMatching(/^PATH=/), "VERSION=1", "OWN=1"],
        Labels: { app: "yes", of: "base" },
      },
      Os: "linux",
      RootFS: { Type: "layers", Layers: [expect.any(String), expect.any(String)] },
      Descriptor: { digest: digests.app },
    });
    expect(JSON.parse(await told("inspect", "--format", "json", "app.tar", "base.tar"))).toHaveLength(2);
  });

  it("gives documents byte for byte", async () => {
    expect(sha256(await told("inspect", "--raw", "app.tar"))).toBe(digests.app);
    const { config } = JSON.parse(await told("inspect", "--raw", "app.tar")) as {
      config: { digest: string };
    };
    expect(sha256(await told("inspect", "--config", "--raw", "app.tar"))).toBe(config.digest);
  });

  it("tells a history newest first, with what each layer takes", async () => {
    const rows = (await told("history", "app.tar"))
      .trimEnd()
      .split("\n")
      .map((row) => row.split(/ {4,}/));
    expect(rows[0]).toEqual(["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"]);
    expect(rows.slice(1).map(([id, , by]) => [id === "<missing>" ? "" : "ID", by])).toEqual([
      ["ID", "LABEL app=yes"],
      ["", "COPY b.txt /opt/b.txt # buildkit"],
      ["", "ENV OWN=1"],
      ["", 'CMD ["base"]'],
      ["", "LABEL of=base"],
      ["", "COPY a.txt /a.txt # buildkit"],
      ["", "ENV VERSION=1"],
    ]);
    const sizes = (await told("history", "--format", "json", "app.tar"))
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { Size: string }).Size);
    expect(sizes.map((size) => size !== "0B")).toEqual([false, true, false, false, false, true, false]);
  });

  it("shows nothing that a terminal would obey", async () => {
    const evil = "\u001b[2J\u202e\n#1 DONE";
    packLayout(path.join(folder, "evil"), "x", [
      { platform: { os: "linux", architecture: "amd64" }, layers: [], config: { Labels: { evil } } },
    ]);
    for (const args of [
      ["inspect", "./evil"],
      ["diff", "./evil", "base.tar"],
      ["inspect", "--config", "./evil"],
    ]) {
      const { stdout } = await run([...args, "--platform", "linux/amd64"]);
      expect(stdout).toContain("#1 DONE");
      for (const part of ["\u001b", "\u202e", "\n#1 DONE"]) expect(stdout).not.toContain(part);
    }
  });
});

describe("oci-build diff", () => {
  it("tells which files and what of the config differ", async () => {
    expect(await told("diff", "base.tar", "app.tar")).toBe(
      ["A /opt/", "A /opt/b.txt", "A Env OWN: 1", "A Labels app: yes", ""].join("\n"),
    );
    expect((await told("diff", "base.tar", "other.tar")).split("\n")).toEqual([
      "R /a.txt → moved.txt (mode 0644 → 0600)",
      'C Cmd: ["base"] → ["other"]',
      "A Env MORE: x",
      "C Env VERSION: 1 → 2",
      "C Labels of: base → other",
      "",
    ]);
  });

  it("gives all of it as JSON", async () => {
    const diff = JSON.parse(await told("diff", "--format", "json", "app.tar", "base.tar")) as object;
    expect(diff).toMatchObject({
      before: { reference: "app.tar", digest: digests.app },
      files: [
        { kind: "deleted", path: "opt", type: "directory" },
        { kind: "deleted", path: "opt/b.txt", type: "file" },
      ],
      config: [
        { name: "Env OWN", before: "1" },
        { name: "Labels app", before: "yes" },
      ],
    });
  });

  it("says by its exit code whether images differ, when it is asked to", async () => {
    const codes = [
      ["--exit-code", "app.tar", "app.tar"],
      ["--exit-code", "app.tar", "base.tar"],
      ["app.tar", "base.tar"],
    ];
    const results = await Promise.all(codes.map((args) => run(["diff", ...args])));
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 1, 0]);
  });
});

describe("oci-build validate", () => {
  it.each(["app.tar", "oci-archive:app.tar:1.0", "base:1"])("finds %s sound", async (image) => {
    expect(await told("validate", image)).toMatch(/: sound\n$/);
  });

  it("lists what is wrong, wherever the image is", async () => {
    await told("copy", "-q", "app.tar", "oci:./broken:1");
    const { layers } = JSON.parse(await told("inspect", "--raw", "app.tar")) as {
      layers: { digest: string }[];
    };
    const layer = layers[1]?.digest.slice(7) ?? "";
    const cache = path.join(folder, "broken-cache");
    await run(["copy", "-q", "app.tar", "broken:1"], { OCI_BUILD_CACHE_DIR: cache });
    for (const place of [path.join(folder, "broken"), path.join(cache, "v1")]) {
      const file = path.join(place, "blobs/sha256", layer);
      fs.chmodSync(file, 0o644);
      fs.appendFileSync(file, "x");
    }
    for (const image of ["./broken", "oci:./broken:1", "broken:1"]) {
      const { exitCode, stdout } = await run(["validate", image], { OCI_BUILD_CACHE_DIR: cache });
      expect([image, exitCode]).toEqual([image, 1]);
      expect(stdout).toContain(`blobs/sha256/${layer}: blob.digest: expected sha256:${layer}, found sha256:`);
    }
    const { stdout } = await run(["validate", "--format", "json", "./broken"]);
    const { mismatches } = JSON.parse(stdout) as { mismatches: { rule: string }[] };
    expect(mismatches.map(({ rule }) => rule)).toContain("blob.size");
  });
});

describe("oci-build rebase", () => {
  it("puts an image's own layers on another base, and takes what it inherited from there", async () => {
    const rebase = ["rebase", "app.tar", "--old-base", "base:1", "--new-base", "other.tar"];
    const [first = "", ...written] = (await told(...rebase, "-t", "app:2", "-o", "./app2.tar")).split("\n");
    expect(first).toBe("docker.io/library/base:1 → other.tar, 1 layer kept");
    expect(written.map((line) => line.split("  ")[0])).toEqual(["docker.io/library/app:2", "./app2.tar", ""]);
    expect((await told("diff", "other.tar", "app:2")).split("\n")).toEqual([
      "A /opt/",
      "A /opt/b.txt",
      "A Env OWN: 1",
      "A Labels app: yes",
      "",
    ]);
    expect(await told("validate", "app2.tar")).toBe("app2.tar: sound\n");
    const layersOf = async (image: string): Promise<readonly string[]> =>
      JSON.parse(await told("inspect", image))[0].RootFS.Layers;
    expect(await layersOf("app:2")).toEqual([
      ...(await layersOf("other.tar")),
      ...(await layersOf("app.tar")).slice(1),
    ]);
    const created = (await told("history", "--no-trunc", "app:2"))
      .split("\n")
      .map((row) => row.split(/ {4,}/)[2]);
    expect(created.slice(1, 5)).toEqual([
      "LABEL app=yes",
      "COPY b.txt /opt/b.txt # buildkit",
      "ENV OWN=1",
      'CMD ["other"]',
    ]);
    // No time of now, no chance: the same again.
    expect(await told(...rebase, "-q", "-t", "app:3")).toBe(`${written[0]?.split("  ")[1]}\n`);
  });

  it("takes the base that the build wrote down, and what its tag stands for now", async () => {
    await told("copy", "-q", "base.tar", "moving:1");
    await build("pinned", "FROM moving:1\nCOPY b.txt /opt/b.txt\n", "-t", "pinned:1");
    await told("copy", "-q", "other.tar", "moving:1");
    const moved = await told("rebase", "pinned.tar", "-t", "moved:1");
    expect(moved.split("\n")[0]).toBe(
      `docker.io/library/moving:1@${digests.base} → docker.io/library/moving:1, 1 layer kept`,
    );
    expect(await told("diff", "moved:1", "other.tar")).toContain("D /opt/b.txt");
  });

  it("refuses an image that does not stand on the old base", async () => {
    const { exitCode, stderr } = await run([
      "rebase",
      "app.tar",
      "--old-base",
      "other.tar",
      "--new-base",
      "base:1",
      "-t",
      "never",
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("app.tar cannot be rebased with other.tar: layer 1 of 1 is sha256:");
    expect(stderr).toContain("[IMAGE_BASE_MISMATCH]");
  });

  it("asks for what the image does not say", async () => {
    const untold = await run(["rebase", "base.tar", "-t", "never"]);
    const nowhere = await run(["rebase", "app.tar", "--old-base", "base:1", "--new-base", "base:1"]);
    expect([untold.exitCode, nowhere.exitCode]).toEqual([2, 2]);
    expect(untold.stderr).toContain(
      "--old-base: the image does not say what it was built on [OPTION_INVALID]",
    );
    expect(untold.stderr).toContain("hint: Name the base with --old-base, best by its digest.");
    expect(nowhere.stderr).toContain("--tag: a rebased image needs a name or a place [OPTION_INVALID]");
    expect(nowhere.stderr).toContain("hint: Write --tag NAME or --output PLACE.");
  });
});

describe("commands on images", () => {
  it("stop at a signal, and say so", async () => {
    // Speaks no https, so that it is asked again without; then it says nothing more.
    const server = http.createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { exitCode, stderr } = await runOciBuild(["inspect", `docker://localhost:${port}/app`], {
      cwd: folder,
      env: environment,
      onStart: (child) => server.on("request", () => child.kill("SIGINT")),
    });
    server.closeAllConnections();
    server.close();
    expect(exitCode).toBe(130);
    expect(stderr).toBe("error: the command was stopped: received SIGINT [BUILD_ABORTED]\n");
  });

  it.each<[string, readonly string[], number]>([
    ["images", [], 0],
    ["rmi", ["app:1"], 1],
    ["push", ["app:1", "localhost:1/app"], 1],
    // A name that is a file here is asked of no registry.
    ["inspect", ["app.tar:1"], 1],
    ["history", ["app.tar:1"], 1],
    ["validate", ["app.tar:1"], 1],
  ])(
    "that only look say that there is no local store, and make none: %s",
    async (name, operands, exitCode) => {
      const store = path.join(folder, "typo");
      const ended = await run([name, "--cache-dir", store, ...operands]);
      expect(ended.exitCode).toBe(exitCode);
      expect(ended.stderr).toMatch(/^warning: there is no cache at .*typo \[CACHE_MISSING\]\n/);
      expect(fs.existsSync(store)).toBe(false);
    },
  );

  it("take a bare name that is a layout or a tar here for no image of Docker Hub", async () => {
    await told("copy", "-q", "app.tar", "oci-layout://here:1");
    fs.copyFileSync(path.join(folder, "app.tar"), path.join(folder, "packed"));
    for (const [name, file] of [
      ["here", "./here"],
      ["here:1", "./here:1"],
      ["packed", "./packed"],
    ] as const) {
      const { exitCode, stderr } = await run(["inspect", name]);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("[IMAGE_MISSING]")]);
      expect(stderr).toContain(
        `hint: Write ${file} for that, or docker://${name} for the one of a registry.`,
      );
      expect(await told("inspect", file)).toContain(digests.app);
    }
  });

  it.each([
    [["inspect", "dir:/tmp/x"], 2, "IMAGE_LOCATION_INVALID"],
    [["inspect", "missing.tar"], 1, "OCI_ARCHIVE_UNREADABLE"],
    [["inspect", "--format", "{{.Id}}", "app.tar"], 2, "OPTION_INVALID"],
    [["inspect", "--raw", "app.tar", "base.tar"], 2, "OPTION_INVALID"],
    [["history", "docker://UPPER"], 1, "REGISTRY_REFERENCE_INVALID"],
    [["push", "not-here"], 1, "IMAGE_MISSING"],
    [["push", "app.tar", "./file.tar"], 2, "IMAGE_LOCATION_INVALID"],
    [["pull", "app.tar"], 2, "IMAGE_LOCATION_INVALID"],
    [["rmi", "not-here"], 1, "IMAGE_MISSING"],
    [["copy", "app.tar", `app@sha256:${"0".repeat(64)}`], 2, "IMAGE_LOCATION_INVALID"],
    [["copy", "app.tar", "nowhere/to/app.tar"], 3, "OUTPUT_NOT_WRITABLE"],
    [["inspect", "--platform", "beos", "app.tar"], 2, "OPTION_INVALID"],
    [["inspect", "app.tar", "--registry-mirror", "x=http://me:pw@h/"], 2, "OPTION_INVALID"],
  ])("%j ends with %d and %s", async (args, exitCode, code) => {
    const result = await run(args);
    expect(result.stderr).toContain(`[${code}]`);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).not.toContain("me:pw");
    if (args.includes("--registry-mirror"))
      expect(result.stderr).toContain("--registry-mirror …@h/: a mirror");
  });

  it.each([
    "copy",
    "diff",
    "history",
    "images",
    "inspect",
    "pull",
    "push",
    "rebase",
    "rmi",
    "tag",
    "validate",
  ])("%s explains itself", async (name) => {
    const { exitCode, stdout } = await run([name, "--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: oci-build ${name} `);
  });
});
