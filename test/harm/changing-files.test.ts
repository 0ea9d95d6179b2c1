import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isOciBuildError } from "@oci-build/oci";
import { Volume } from "memfs";
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { temporaryFolder } from "../support/build-folder.js";
import { buildAt, digestAlone, type Workplace } from "./support/harm-build.js";
import { sample, sized, tellSize } from "./support/harm-size.js";
import { CallCounter, type ContextFs, contextCalls, countedFs } from "./support/hooked-calls.js";

const base = temporaryFolder();
const KiB = 1024;
/** More than one part of a file's own segments. */
const LARGE = 1_300 * KiB;
/** So much that a layer that nothing is known of is written before its content is digested. */
const WRITE_FIRST = 4_500 * KiB;
const MINUTE_MS = 60_000;
const MTIME_SEC = 1_700_000_000;
const realNow = Date.now.bind(Date);

const options = { dockerfile: { text: "FROM scratch\nCOPY a.txt /one/\nCOPY . /all/\n" } };

/** What somebody does to a context while it is read. Everything is done with the context's own file system. */
const edits: readonly (readonly [string, (disk: Disk) => void])[] = [
  ["rewritten with its mtime put back", (disk) => rewrite(disk, "a.txt", Buffer.from("AAAA"))],
  ["grown", ({ fs: disk, at }) => disk.appendFileSync(at("a.txt"), "more")],
  ["cut off", ({ fs: disk, at }) => disk.truncateSync(at("large.bin"), 5)],
  ["rewritten, the large one", (disk) => rewrite(disk, "large.bin", bytesOf(sizeOf(disk, "large.bin"), 7))],
  ["replaced by another like it", (disk) => replaceAlike(disk, "d/c.txt", "CCCC")],
  ["removed", ({ fs: disk, at }) => disk.unlinkSync(at("a.txt"))],
  [
    "replaced by a link",
    ({ fs: disk, at }) => {
      disk.unlinkSync(at("a.txt"));
      disk.symlinkSync("d/c.txt", at("a.txt"));
    },
  ],
  ["joined by another", ({ fs: disk, at }) => disk.writeFileSync(at("d/new.txt"), "new")],
];

/** The part of `node:fs` that edits; volumes of memfs have it, too. */
type WritableFs = ContextFs & Pick<typeof fs, WritingCall>;
type WritingCall =
  | "appendFileSync"
  | "mkdirSync"
  | "renameSync"
  | "rmSync"
  | "statSync"
  | "symlinkSync"
  | "truncateSync"
  | "unlinkSync"
  | "utimesSync"
  | "writeFileSync";

interface Disk {
  readonly fs: WritableFs;
  readonly at: (name: string) => string;
}

function sizeOf({ fs: disk, at }: Disk, name: string): number {
  return disk.statSync(at(name)).size;
}

function bytesOf(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE((at >>> 6) * seed, at);
  return bytes;
}

/** The same size and mtime. */
function rewrite({ fs: disk, at }: Disk, name: string, bytes: Buffer): void {
  disk.writeFileSync(at(name), bytes);
  disk.utimesSync(at(name), MTIME_SEC, MTIME_SEC);
}

function replaceAlike({ fs: disk, at }: Disk, name: string, text: string): void {
  disk.writeFileSync(at(`${name}.aside`), text);
  disk.utimesSync(at(`${name}.aside`), MTIME_SEC, MTIME_SEC);
  disk.renameSync(at(`${name}.aside`), at(name));
}

function fill({ fs: disk, at }: Disk, largeSize: number): void {
  disk.rmSync(at("."), { recursive: true, force: true });
  disk.mkdirSync(at("d"), { recursive: true });
  disk.writeFileSync(at("a.txt"), "aaaa");
  disk.writeFileSync(at("d/c.txt"), "cccc");
  disk.writeFileSync(at("large.bin"), bytesOf(largeSize, 5));
  disk.symlinkSync("d/c.txt", at("link"));
  // Whole seconds, which `utimes` can put back to the last bit.
  for (const name of ["a.txt", "d/c.txt", "large.bin"]) disk.utimesSync(at(name), MTIME_SEC, MTIME_SEC);
}

let count = 0;
/** At which a file was edited, in all tests. */
let moments = 0;

function freshPlace(context: Workplace["context"]): Workplace {
  count += 1;
  const folder = path.join(base, String(count));
  fs.mkdirSync(folder);
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return { context, cacheDir: path.join(folder, "cache"), dest: path.join(folder, "image.tar") };
}

/** How a context is read. */
interface Reading {
  readonly disk: Disk;
  readonly context: Workplace["context"];
  /** Does some work while the context's calls are counted. */
  readonly counting: <T>(
    counter: CallCounter,
    work: (context: Workplace["context"]) => Promise<T>,
  ) => Promise<T>;
}

/** On disk, with the index of files, by a clock that is ahead: the index then believes stats that are new. Between the
 * writing of the context and a build the file system's clock ticks, as `settled` sees to. */
function onDisk(): Reading {
  const root = path.join(base, `context${++count}`);
  const disk = { fs, at: (name: string) => path.join(root, name) };
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + 10_000);
  return {
    disk,
    context: root,
    counting: async (counter, work) => {
      const spies = contextCalls.map((name) => {
        const original: unknown = fs[name];
        if (typeof original !== "function") throw new TypeError(name);
        const counted = (...args: readonly unknown[]): unknown =>
          counter.call(name, args[0], () => Reflect.apply(original, fs, args));
        return vi.spyOn(fs, name).mockImplementation(counted as never);
      });
      try {
        return await work(root);
      } finally {
        for (const spy of spies) spy.mockRestore();
      }
    },
  };
}

/** In a volume in memory, all within one millisecond, so that its stats tell of no edit but by size and inode. */
function inMemory(): Reading {
  vi.useFakeTimers({ toFake: ["Date"] });
  const volume = new Volume();
  const disk = {
    fs: volume as unknown as WritableFs,
    at: (name: string) => path.posix.join("/context", name),
  };
  const context = { fs: disk.fs, root: "/context" };
  return {
    disk,
    context,
    counting: (counter, work) => work({ fs: countedFs(disk.fs, counter), root: "/context" }),
  };
}

/** A tick of the clock by which the file system stamps files, the slowest of which ticks 100 times a second. */
const ticked = (): Promise<void> => wait(12);

interface Mode {
  readonly name: string;
  readonly reading: () => Reading;
  readonly largeSize: number;
  readonly before: "nothing" | "a build";
  readonly step: number;
}

const modes: readonly Mode[] = [
  {
    name: "on disk, after a build",
    reading: onDisk,
    largeSize: LARGE,
    before: "a build",
    step: sized({ quick: 23, full: 1 }),
  },
  {
    name: "on disk, the first time",
    reading: onDisk,
    largeSize: LARGE,
    before: "nothing",
    step: sized({ quick: 31, full: 1 }),
  },
  {
    name: "on disk, the first time, much of it",
    reading: onDisk,
    largeSize: WRITE_FIRST,
    before: "nothing",
    step: sized({ quick: 47, full: 1 }),
  },
  {
    name: "in memory",
    reading: inMemory,
    largeSize: LARGE,
    before: "nothing",
    step: sized({ quick: 11, full: 1 }),
  },
];

const codes = [
  "SNAPSHOT_FILE_CHANGED",
  "SNAPSHOT_FILE_UNREADABLE",
  "SNAPSHOT_ENTRY_UNREADABLE",
  "LAYER_FILE_SIZE",
  "LAYER_FILE_DIGEST",
  "COPY_SOURCE_MISSING",
];

async function outcomeOf(building: Promise<{ readonly digest: string }>): Promise<string> {
  try {
    return (await building).digest;
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    return error.code;
  }
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

afterAll(() => {
  tellSize(`files edited at ${moments} moments of builds`);
});

describe.each(modes)("a file of a context $name that is edited while it is built from", (mode) => {
  it.each(edits)(
    "%s, gives an error or an image of one moment, and is seen afterwards",
    { timeout: 20 * MINUTE_MS },
    async (_, edit) => {
      const { disk, context, counting } = mode.reading();
      const start = async (): Promise<void> => {
        fill(disk, mode.largeSize);
        await ticked();
      };
      const startedPlace = async (): Promise<Workplace> => {
        await start();
        const place = freshPlace(context);
        if (mode.before === "a build") await buildAt(place, options);
        return place;
      };
      await start();
      const before = await digestAlone(context, options);
      const whole = new CallCounter(rootOf(context));
      const undisturbed = await startedPlace();
      await counting(whole, (counted) => buildAt({ ...undisturbed, context: counted }, options));
      edit(disk);
      const after = await outcomeOf(digestAlone(context, options).then((digest) => ({ digest })));
      expect(after).not.toBe(before);

      const found = new Set<string>();
      for (const at of sample(whole.calls, mode.step)) {
        moments += 1;
        const place = await startedPlace();
        const counter = new CallCounter(rootOf(context), at, () => edit(disk));
        const outcome = await counting(counter, (counted) =>
          outcomeOf(buildAt({ ...place, context: counted }, options)),
        );
        expect([before, after, ...codes], `edited before call ${at} of ${whole.calls}`).toContain(outcome);
        found.add(outcome);
        // The edit may have come too late, or not at all, where the build asks less than one without a cache.
        if (counter.calls <= at) edit(disk);
        await ticked();
        const next = await outcomeOf(buildAt(place, options));
        expect(next, `the build after one that was disturbed before call ${at} and gave ${outcome}`).toBe(
          after,
        );
      }
      expect(found.size).toBeGreaterThan(0);
    },
  );
});

function rootOf(context: Workplace["context"]): string {
  return typeof context === "string" ? context : (context.root ?? "/");
}
