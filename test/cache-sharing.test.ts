import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { type BuildEvent, type BuildOptions, build, explain, plan } from "oci-build";
import { beforeEach, describe, expect, it } from "vitest";
import { openCache } from "../packages/cache/src/index.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { runOciBuild } from "./support/run-command.js";

let folder: string;
let shared: string;

beforeEach(() => {
  folder = temporaryFolder();
  shared = path.join(folder, "shared");
  writeFiles(path.join(folder, "context"), { a: "a".repeat(3000), "d/b": "b", "d/c": "c" });
  fs.linkSync(path.join(folder, "context/a"), path.join(folder, "context/d/same"));
  fs.symlinkSync("b", path.join(folder, "context/d/link"));
});

const LINES = [
  ...["FROM scratch AS one", "WORKDIR /w", "COPY d ./", "FROM scratch", "ARG PASS", "ENV VALUE=$PASS"],
  ...["COPY a /", "COPY --from=one /w/ /x/", "WORKDIR /x"],
];

interface Built {
  readonly digest: string;
  readonly statuses: readonly string[];
  readonly compressed: number;
  readonly warnings: readonly string[];
}

/** Builds with a cache of its own. */
async function run(cache: string, options: BuildOptions = {}): Promise<Built> {
  const warnings: string[] = [];
  const onEvent = (event: BuildEvent): void => {
    if (event.type === "warning") warnings.push(`${event.code}: ${event.message}`);
  };
  const { digest, steps } = await build({
    context: path.join(folder, "context"),
    dockerfile: { text: `${LINES.join("\n")}\n` },
    cacheDir: path.join(folder, cache),
    output: { type: "oci", dest: path.join(folder, `${cache}.tar`) },
    env: {},
    onEvent,
    ...options,
  });
  const compressed = steps.reduce((sum, step) => sum + (step.bytesCompressed ?? 0), 0);
  return { digest, statuses: steps.map(({ status }) => status), compressed, warnings };
}

const exported = (
  options: Partial<Extract<BuildOptions["cacheTo"], { type: "local" }>> = {},
): BuildOptions => ({
  cacheTo: { type: "local", dest: shared, ...options },
});
const imported = (src = shared): BuildOptions => ({ cacheFrom: { type: "local", src } });

function files(kind: string): readonly string[] {
  return fs.readdirSync(path.join(shared, "v1", kind)).sort();
}

describe("a cache that is exported and imported", () => {
  it("has all of a build: another cache compresses nothing, and gives the same image", async () => {
    // So large that it would be compressed before it is looked for.
    writeFiles(path.join(folder, "context"), { "d/large": Buffer.alloc(5_000_000, "large") });
    const first = await run("one", exported());
    expect(first.statuses).toEqual(Array.from({ length: 5 }, () => "executed"));
    const second = await run("two", imported());
    expect(second).toEqual({
      digest: first.digest,
      statuses: Array.from({ length: 5 }, () => "cached"),
      compressed: 0,
      warnings: [],
    });
    expect(fs.readFileSync(path.join(folder, "two.tar"))).toEqual(
      fs.readFileSync(path.join(folder, "one.tar")),
    );
    fs.rmSync(shared, { recursive: true });
    expect((await run("two")).statuses).toEqual(second.statuses);
  });

  it("holds what the last build used and nothing else, unless it is to keep the rest", async () => {
    await run("one", exported());
    const before = ["records", "blobs/sha256", "trees", "segments"].map(files);
    fs.rmSync(path.join(folder, "context/a"));
    writeFiles(path.join(folder, "context"), { a: "other" });
    await run("one", exported({ reset: false }));
    const both = ["records", "blobs/sha256", "trees", "segments"].map(files);
    expect(both.map(({ length }) => length)).toEqual(before.map(({ length }) => length + 1));
    await run("one", exported());
    const after = ["records", "blobs/sha256", "trees", "segments"].map(files);
    expect(after.map(({ length }) => length)).toEqual(before.map(({ length }) => length));
    expect(after).not.toEqual(before);
  });

  it("holds the steps of the image's own stage alone with mode=min", async () => {
    await run("one", exported({ mode: "min" }));
    const { statuses } = await run("two", imported());
    expect(statuses).toEqual(["executed", "executed", "cached", "cached", "cached"]);
  });

  it("has the time of an image without steps", async () => {
    const dockerfile = { text: "FROM scratch\nENV A=1\n" };
    const first = await run("one", { ...exported(), dockerfile });
    const record = path.join(shared, "v1/records", files("records")[0] ?? "");
    expect(fs.readFileSync(record, "utf8")).toContain('"stepName":"image"');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await run("two", { ...imported(), dockerfile })).digest).toBe(first.digest);
  });

  it("is of use to another project that writes the same files", async () => {
    await run("one", exported());
    const dockerfile = { text: "FROM scratch\nCOPY d /w/\nCOPY d/b /other\n" };
    writeFiles(path.join(folder, "elsewhere"), { "d/b": "b" });
    const { statuses } = await run("two", { ...imported(), dockerfile });
    expect(statuses).toEqual(["executed", "executed"]);
    const same = { text: "FROM scratch\nWORKDIR /w\nCOPY d ./\nCOPY d/b /other\n" };
    expect((await run("two", { ...imported(), dockerfile: same })).statuses).toEqual([
      ...["cached", "cached", "cached"],
    ]);
  });

  it("is asked for by plan and explain, too, which say what is imported from where; imports are asked in their order", async () => {
    await run("one", exported());
    const none = path.join(folder, "none");
    const options = (cache: string): BuildOptions => ({
      context: path.join(folder, "context"),
      dockerfile: { text: `${LINES.join("\n")}\n` },
      cacheDir: path.join(folder, cache),
      cacheFrom: [none, shared].map((src) => ({ type: "local", src }) as const),
      env: {},
    });
    for (const report of [explain, plan]) {
      // Nothing is kept where there is none.
      await openCache({ dir: path.join(folder, report.name) });
      const { steps } = await report(options(report.name));
      const told = steps.map(({ verdict, importedFrom }) => [verdict, importedFrom]);
      expect(told).toEqual(steps.map(() => ["hit", shared]));
      const again = await report(options(report.name));
      expect(again.steps.map(({ importedFrom }) => importedFrom)).toEqual(steps.map(() => undefined));
    }
  });

  it("is where a build that is explained says a hit is from, which a miss is not", async () => {
    await run("one", exported());
    writeFiles(path.join(folder, "context"), { new: "n" });
    const explained: string[] = [];
    await run("two", {
      ...imported(),
      dockerfile: { text: "FROM scratch\nCOPY a /\nCOPY new /\n" },
      explain: true,
      onEvent: (event) => {
        if (event.type !== "step.explained") return;
        const { instruction, verdict, importedFrom } = event.explanation;
        explained.push([instruction, verdict, importedFrom].join(" "));
      },
    });
    expect(explained).toEqual([`COPY a / hit ${shared}`, "COPY new / miss "]);
  });

  it.each([
    ["explain", [/^COPY d \.\/ +hit \(imported from (.*)\)$/m, /^WORKDIR \/x +hit \(imported from (.*)\)$/m]],
    ["plan", [/^COPY d \.\/ +hit +3 files,/m, /^3 imported from (.*)$/m]],
  ] as const)("is named by oci-build %s", async (command, lines) => {
    writeFiles(path.join(folder, "context"), {
      Dockerfile: "FROM scratch\nWORKDIR /w\nCOPY d ./\nWORKDIR /x\n",
    });
    const use = ["--cache-dir", path.join(folder, "one"), "-o", "type=oci,dest=x.tar", "context"];
    await runOciBuild(["build", "--cache-to", `type=local,dest=${shared}`, ...use], { cwd: folder });
    const from = ["--cache-dir", path.join(folder, "two"), "--cache-from", `type=local,src=${shared}`];
    const { stdout } = await runOciBuild([command, ...from, "context"], { cwd: folder });
    for (const line of lines) {
      const [found, dir = shared] = line.exec(stdout) ?? [];
      expect([found === undefined, dir], stdout).toEqual([false, shared]);
    }
  });

  it("is told of", async () => {
    const told: string[] = [];
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "cache.imported") told.push(`${event.stepName} from ${event.from}`);
      if (event.type === "cache.exported") told.push(`${event.records} to ${event.dir}`);
    };
    const dockerfile = { text: "FROM scratch\nCOPY a /\n" };
    await run("one", { ...exported(), dockerfile, onEvent });
    await run("two", { ...imported(), dockerfile, onEvent });
    await run("two", { ...imported(), dockerfile, onEvent });
    expect(told).toEqual([`1 to ${shared}`, `[1/1] COPY a / from ${shared}`]);
  });

  it("is no part of the context", async () => {
    const within = path.join(folder, "context/.cache");
    const dockerfile = { text: "FROM scratch\nCOPY . /\n" };
    const options = { dockerfile, ...imported(within), cacheTo: { type: "local", dest: within } as const };
    const { digest } = await run("one", options);
    expect(await run("two", options)).toMatchObject({ digest, statuses: ["cached"], warnings: [] });
  });

  it("lets builds without it go on, with a warning", async () => {
    const none = await run("one", imported(path.join(folder, "none")));
    expect(none.warnings).toEqual([
      `CACHE_IMPORT_UNUSABLE: nothing can be imported from ${path.join(folder, "none")}: there is nothing`,
    ]);
    writeFiles(shared, { "index.json": "{}", oci: "x" });
    expect((await run("two", imported())).warnings).toEqual([
      `CACHE_IMPORT_UNUSABLE: nothing can be imported from ${shared}: it holds no exported cache`,
    ]);
  });

  it.each([
    [
      "files of others",
      "CACHE_EXPORT_FOREIGN",
      () => Promise.resolve(writeFiles(shared, { "index.json": "{}" })),
    ],
    ["a cache that is none's export", "CACHE_EXPORT_FOREIGN", () => run("shared")],
  ])("does not go where there are %s, before anything is built", async (_, code, prepare) => {
    await prepare();
    const before = fs.readdirSync(shared, { recursive: true }).length;
    await expect(run("one", exported())).rejects.toMatchObject({ code });
    expect(fs.existsSync(path.join(folder, "one"))).toBe(false);
    expect(fs.readdirSync(shared, { recursive: true })).toHaveLength(before);
    const { warnings } = await run("one", exported({ ignoreError: true }));
    expect(warnings).toEqual([expect.stringMatching(/^CACHE_EXPORT_FOREIGN: the cache is not exported/)]);
  });

  it.each(["", "v1", ".."])("does not go to the cache itself, nor into or around it (%j)", async (where) => {
    const dest = path.join(folder, "one", where);
    await expect(run("one", exported({ dest }))).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });

  it("may be written and read by several builds at once", async () => {
    const first = await run("zero", exported());
    const both = { ...exported(), ...imported() };
    const built = await Promise.all(["one", "two", "three", "four"].map((cache) => run(cache, both)));
    for (const { digest, statuses } of built) {
      expect(digest).toBe(first.digest);
      expect(new Set(statuses)).toEqual(new Set(["cached"]));
    }
    expect((await run("five", imported())).compressed).toBe(0);
  });
});

describe("an export that was tampered with", () => {
  const ARCHIVE = { text: "FROM scratch\nCOPY a /\n" };

  /** Exports one layer, changes the export, and gives what a build then makes of it. */
  async function changed(change: () => void): Promise<{ readonly first: Built; readonly second: Built }> {
    const first = await run("one", { ...exported(), dockerfile: ARCHIVE, sourceDateEpoch: 1_000_000_000 });
    change();
    const second = await run("two", { ...imported(), dockerfile: ARCHIVE, sourceDateEpoch: 1_000_000_000 });
    return { first, second };
  }

  function edit(kind: string, change: (bytes: Buffer) => void): void {
    for (const name of files(kind)) {
      const file = path.join(shared, "v1", kind, name);
      const bytes = fs.readFileSync(file);
      change(bytes);
      fs.writeFileSync(file, bytes);
    }
  }

  /** A record that was changed by somebody who knows how records are sealed. */
  function forge(name: string, as: string, change: (body: string) => string): void {
    const sealed = fs.readFileSync(path.join(shared, "v1/records", name), "utf8");
    const body = change(sealed.slice(sealed.indexOf("\n") + 1));
    const seal = `oci-build record 1 ${createHash("sha256").update(body).digest("hex")}\n`;
    fs.writeFileSync(path.join(shared, "v1/records", as), seal + body);
  }

  const flip = (bytes: Buffer): void => {
    const middle = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  };

  it.each([
    ["a byte of a blob", () => edit("blobs/sha256", flip)],
    ["a byte of a record", () => edit("records", flip)],
    ["a byte of a segment table", () => edit("segments", flip)],
  ])("in %s is not believed", async (_, change) => {
    const { first, second } = await changed(change);
    expect(second).toMatchObject({ digest: first.digest, statuses: ["executed"] });
    expect(second.warnings).toEqual([expect.stringMatching(/^CACHE_ENTRY_CORRUPT: /)]);
    expect((await run("two", { dockerfile: ARCHIVE, sourceDateEpoch: 1_000_000_000 })).statuses).toEqual([
      "cached",
    ]);
  });

  it.each(["blobs/sha256", "segments"])("so that it lacks %s is not believed", async (kind) => {
    const { first, second } = await changed(() => {
      for (const name of files(kind)) fs.rmSync(path.join(shared, "v1", kind, name));
    });
    expect(second).toMatchObject({ digest: first.digest, statuses: ["executed"] });
    expect(second.warnings).toHaveLength(1);
  });

  it("needs no trees: they are made of the layers", async () => {
    const { first, second } = await changed(() => edit("trees", flip));
    expect(second).toMatchObject({ digest: first.digest, statuses: ["cached"], warnings: [] });
  });

  it.each([
    ["media type", (body: string) => body.replace("v1.tar+gzip", "v1.tar"), "it is no "],
    ["media type of nobody", (body: string) => body.replace("v1.tar+gzip", "v9"), "it is no "],
    ["size", (body: string) => body.replace(/"size":\d/, '"size":9'), "expected"],
    [
      "unpacked size",
      (body: string) => body.replace(/"uncompressedSize":\d/, '"uncompressedSize":9'),
      "unpacks to",
    ],
    [
      "diffId",
      (body: string) => body.replace(/"diffId":"sha256:..../, '"diffId":"sha256:aaaa'),
      "its diffId is",
    ],
  ])("by a record with another %s is not believed, though its seal holds", async (_, change, said) => {
    const { first, second } = await changed(() => {
      for (const name of files("records")) forge(name, name, change);
    });
    expect(second).toMatchObject({ digest: first.digest, statuses: ["executed"] });
    expect(second.warnings).toEqual([expect.stringContaining(said)]);
  });

  it("by another layer under the key of these files is not believed, though all seals hold", async () => {
    const options = { dockerfile: ARCHIVE, sourceDateEpoch: 1_000_000_000 };
    const first = await run("one", { ...exported(), ...options });
    const [key = ""] = files("records");
    writeFiles(path.join(folder, "context"), { a: "b".repeat(3000) });
    await run("one", { ...exported(), ...options });
    const [other = ""] = files("records");
    forge(other, key, (body) => body.replaceAll(other, key));
    writeFiles(path.join(folder, "context"), { a: "a".repeat(3000) });
    const second = await run("two", { ...imported(), ...options });
    expect(second).toMatchObject({ digest: first.digest, statuses: ["executed"] });
    expect(second.warnings).toEqual([expect.stringContaining("it holds other files")]);
  });
});
