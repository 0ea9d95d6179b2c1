import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { BuildOptions } from "oci-build";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { hasTool } from "../support/tools.js";
import { buildAt, digestAlone, type Workplace } from "./support/harm-build.js";
import { sample, sized } from "./support/harm-size.js";
import { contextLines, unpackedLines } from "./support/unpacked-lines.js";

const folder = temporaryFolder();

/** What must happen after an edit: which of `COPY a`, `COPY b` and `COPY .` is a hit, and how many files are read. */
interface Case {
  readonly name: string;
  readonly edit: (at: (name: string) => string) => void;
  readonly copies: keyof typeof outcomes;
  readonly hashed: number;
  /** Before the first build. */
  readonly prepare?: (at: (name: string) => string) => void;
  readonly needs?: () => string | undefined;
  readonly copyFlags?: string;
  /** Flags of the COPYs from the edit on, where they are part of it. */
  readonly copyFlagsThen?: string;
  readonly options?: BuildOptions;
}

const outcomes = {
  "all hit": "cached cached cached cached",
  "a misses": "cached executed cached executed",
  "b misses": "cached cached executed executed",
  "both miss": "cached executed executed executed",
  "the whole misses": "cached cached cached executed",
} as const;

const cases: readonly Case[] = [
  {
    name: "an edit that keeps size and mtime",
    edit: (at) => rewriteUnseen(at("a/one.txt"), "FIRST"),
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "an edit that keeps size and mtime, through a name outside the context",
    prepare: (at) => {
      writeFiles(at("../outside"), { "one.txt": "first" });
      fs.rmSync(at("a/one.txt"));
      fs.linkSync(at("../outside/one.txt"), at("a/one.txt"));
    },
    edit: (at) => rewriteUnseen(at("../outside/one.txt"), "FIRST"),
    copies: "a misses",
    hashed: 1,
  },
  { name: "a touch", edit: (at) => fs.utimesSync(at("a/one.txt"), 5, 5), copies: "all hit", hashed: 1 },
  {
    name: "a touch of a directory",
    edit: (at) => fs.utimesSync(at("b/deep"), 5, 5),
    copies: "all hit",
    hashed: 0,
  },
  {
    name: "an mtime in the future",
    edit: (at) => fs.utimesSync(at("a/one.txt"), 4e9, 4e9),
    copies: "all hit",
    hashed: 1,
  },
  {
    name: "an mtime before 1970",
    edit: (at) => fs.utimesSync(at("a/one.txt"), -5, -5),
    copies: "all hit",
    hashed: 1,
  },
  {
    name: "the same text written again",
    edit: (at) => fs.writeFileSync(at("a/one.txt"), "first"),
    copies: "all hit",
    hashed: 1,
  },
  {
    name: "a renamed file",
    edit: (at) => fs.renameSync(at("a/one.txt"), at("a/uno.txt")),
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "a renamed directory",
    edit: (at) => fs.renameSync(at("b/deep"), at("b/depth")),
    copies: "b misses",
    hashed: 1,
  },
  {
    name: "a name in another Unicode form",
    prepare: (at) => fs.writeFileSync(at("b/\u00e9"), ""),
    edit: (at) => fs.renameSync(at("b/\u00e9"), at("b/e\u0301")),
    copies: "b misses",
    hashed: 1,
  },
  {
    name: "two files of one size that change places",
    prepare: (at) => fs.writeFileSync(at("a/swap.txt"), "FIRST"),
    edit: (at) => {
      fs.renameSync(at("a/one.txt"), at("a/tmp"));
      fs.renameSync(at("a/swap.txt"), at("a/one.txt"));
      fs.renameSync(at("a/tmp"), at("a/swap.txt"));
    },
    copies: "a misses",
    hashed: 2,
  },
  { name: "a mode", edit: (at) => fs.chmodSync(at("a/one.txt"), 0o751), copies: "a misses", hashed: 1 },
  {
    name: "the mode of a directory",
    edit: (at) => fs.chmodSync(at("b/deep"), 0o700),
    copies: "b misses",
    hashed: 0,
  },
  {
    name: "the mode of a directory that COPY only reads through",
    edit: (at) => fs.chmodSync(at("b"), 0o700),
    copies: "the whole misses",
    hashed: 0,
  },
  {
    name: "modes as another umask gives them, under --chmod",
    copyFlags: "--chmod=755",
    edit: (at) => {
      for (const name of ["a/one.txt", "b/deep/four.txt"]) fs.chmodSync(at(name), 0o600);
      fs.chmodSync(at("b/deep"), 0o700);
    },
    copies: "all hit",
    hashed: 2,
  },
  {
    name: "an owner, which COPY sets to 0:0",
    needs: () => (process.getuid?.() === 0 ? undefined : "only root can give files away"),
    edit: (at) => fs.chownSync(at("a/one.txt"), 12, 34),
    copies: "all hit",
    hashed: 1,
  },
  {
    name: "another user in --chown",
    copyFlags: "--chown=12:34",
    copyFlagsThen: "--chown=13:34",
    edit: () => undefined,
    copies: "both miss",
    hashed: 0,
  },
  {
    name: "another group in --chown",
    copyFlags: "--chown=12:34",
    copyFlagsThen: "--chown=12:35",
    edit: () => undefined,
    copies: "both miss",
    hashed: 0,
  },
  {
    name: "an owner that --chown spells otherwise",
    copyFlags: "--chown=12",
    copyFlagsThen: "--chown=12:12",
    edit: () => undefined,
    copies: "all hit",
    hashed: 0,
  },
  {
    name: "an extended attribute",
    needs: whyNoXattrs,
    edit: (at) => setXattr(at("a/one.txt"), "user.note", "x"),
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "the value of an extended attribute",
    needs: whyNoXattrs,
    prepare: (at) => setXattr(at("b/deep"), "user.note", "x"),
    edit: (at) => setXattr(at("b/deep"), "user.note", "y"),
    copies: "b misses",
    hashed: 0,
  },
  {
    name: "the target of a link",
    edit: (at) => {
      fs.rmSync(at("a/link"));
      fs.symlinkSync("two.txt", at("a/link"));
    },
    copies: "a misses",
    hashed: 0,
  },
  {
    name: "a file in the place of a link to the same text",
    edit: (at) => {
      fs.rmSync(at("a/link"));
      fs.writeFileSync(at("a/link"), "first");
    },
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "a link in the place of a file",
    edit: (at) => {
      fs.rmSync(at("b/three.txt"));
      fs.symlinkSync("deep/four.txt", at("b/three.txt"));
    },
    copies: "b misses",
    hashed: 0,
  },
  {
    name: "a directory in the place of a file",
    edit: (at) => {
      fs.rmSync(at("b/three.txt"));
      writeFiles(at("b"), { "three.txt/x": "third" });
    },
    copies: "b misses",
    hashed: 1,
  },
  {
    name: "a file in the place of a directory",
    edit: (at) => {
      fs.rmSync(at("b/deep"), { recursive: true });
      fs.writeFileSync(at("b/deep"), "fourth");
    },
    copies: "b misses",
    hashed: 1,
  },
  {
    name: "a FIFO in the place of a file",
    needs: () => (process.platform === "win32" ? "Windows has no FIFOs" : undefined),
    edit: (at) => {
      fs.rmSync(at("b/three.txt"));
      execFileSync("mkfifo", ["-m", "644", at("b/three.txt")]);
    },
    copies: "b misses",
    hashed: 0,
  },
  {
    name: "a FIFO in the place of an empty directory of its mode",
    needs: () => (process.platform === "win32" ? "Windows has no FIFOs" : undefined),
    prepare: (at) => fs.mkdirSync(at("b/pipe")),
    edit: (at) => {
      const { mode } = fs.statSync(at("b/pipe"));
      fs.rmdirSync(at("b/pipe"));
      execFileSync("mkfifo", [at("b/pipe")]);
      fs.chmodSync(at("b/pipe"), mode & 0o7777);
    },
    copies: "b misses",
    hashed: 0,
  },
  {
    name: "two names of one file that become two files",
    edit: (at) => {
      fs.rmSync(at("a/hard.txt"));
      fs.copyFileSync(at("a/two.txt"), at("a/hard.txt"));
    },
    copies: "a misses",
    hashed: 2,
  },
  {
    name: "two files that become two names of one",
    prepare: (at) => fs.writeFileSync(at("a/like-two.txt"), "second"),
    edit: (at) => {
      fs.rmSync(at("a/like-two.txt"));
      fs.linkSync(at("a/two.txt"), at("a/like-two.txt"));
    },
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "an edit of a file with two names",
    edit: (at) => rewriteUnseen(at("a/hard.txt"), "SECOND"),
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "a file that grows",
    edit: (at) => fs.appendFileSync(at("a/one.txt"), "!"),
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "a file that shrinks",
    edit: (at) => fs.truncateSync(at("a/one.txt"), 4),
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "a file that is emptied",
    edit: (at) => fs.truncateSync(at("a/one.txt"), 0),
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "an empty file that gets a byte",
    edit: (at) => fs.writeFileSync(at("b/empty.txt"), "x"),
    copies: "b misses",
    hashed: 1,
  },
  {
    name: "another file with the same size, mode and mtime",
    edit: (at) => replaceAlike(at("a/one.txt"), "FIRST"),
    copies: "a misses",
    hashed: 1,
  },
  {
    name: "another file with the same stat and text",
    edit: (at) => replaceAlike(at("a/one.txt"), "first"),
    copies: "all hit",
    hashed: 1,
  },
  {
    name: "a new file",
    edit: (at) => fs.writeFileSync(at("b/new.txt"), "new"),
    copies: "b misses",
    hashed: 1,
  },
  {
    name: "a new file below, with the directory's mtime put back",
    edit: (at) => keepingTimes(at("b/deep"), () => fs.writeFileSync(at("b/deep/new.txt"), "new")),
    copies: "b misses",
    hashed: 1,
  },
  { name: "a new directory", edit: (at) => fs.mkdirSync(at("b/new")), copies: "b misses", hashed: 0 },
  { name: "a file that is gone", edit: (at) => fs.rmSync(at("b/three.txt")), copies: "b misses", hashed: 0 },
  {
    name: "a copy of the whole context in its place",
    edit: (at) => {
      fs.renameSync(at("."), at("../before"));
      execFileSync("cp", ["-a", at("../before"), at(".")]);
    },
    copies: "all hit",
    hashed: 5,
  },
  {
    name: "an ignore file that leaves nothing out but itself",
    edit: (at) => fs.writeFileSync(at(".dockerignore"), "*.log\n.dockerignore\n"),
    copies: "all hit",
    hashed: 0,
  },
  {
    name: "an ignore file that leaves a file out",
    edit: (at) => fs.writeFileSync(at(".dockerignore"), "b/three.txt\n.dockerignore\n"),
    copies: "b misses",
    hashed: 0,
  },
  {
    name: "an ignore file that leaves a file out no more",
    prepare: (at) => fs.writeFileSync(at(".dockerignore"), "b/three.txt\n.dockerignore\n"),
    edit: (at) => fs.writeFileSync(at(".dockerignore"), ".dockerignore\n"),
    copies: "b misses",
    hashed: 1,
  },
  {
    name: "an edit of a file that is left out",
    prepare: (at) => fs.writeFileSync(at(".dockerignore"), "b/deep\n.dockerignore\n"),
    edit: (at) => fs.writeFileSync(at("b/deep/four.txt"), "changed"),
    copies: "all hit",
    hashed: 0,
  },
];

function rewriteUnseen(file: string, text: string): void {
  keepingTimes(file, () => fs.writeFileSync(file, text));
}

function replaceAlike(file: string, text: string): void {
  const aside = `${file}.aside`;
  fs.copyFileSync(file, aside);
  fs.writeFileSync(aside, text);
  copyTimes(file, aside);
  fs.renameSync(aside, file);
}

function keepingTimes(file: string, work: () => void): void {
  const marker = path.join(folder, "times");
  fs.writeFileSync(marker, "");
  copyTimes(file, marker);
  work();
  copyTimes(marker, file);
}

/** To the nanosecond, which `utimes` of Node does not give. */
function copyTimes(from: string, to: string): void {
  execFileSync("touch", ["-r", from, to]);
}

function setXattr(file: string, name: string, value: string): void {
  execFileSync("setfattr", ["-n", name, "-v", value, file]);
}

function whyNoXattrs(): string | undefined {
  if (!hasTool("setfattr")) return "setfattr is not installed";
  const file = path.join(folder, "xattr-probe");
  fs.writeFileSync(file, "");
  try {
    setXattr(file, "user.probe", "x");
    return undefined;
  } catch (error) {
    if (error instanceof Error && "status" in error)
      return "the temporary folder takes no extended attributes";
    throw error;
  }
}

function optionsOf({ options, copyFlags = "" }: Case, flags = copyFlags): BuildOptions {
  const copies = ["a /w/a/", "b /w/b/", ". /all/"].map((args) => `COPY ${flags} ${args}`);
  return { dockerfile: { text: ["FROM scratch", "WORKDIR /w", ...copies, ""].join("\n") }, ...options };
}

function placeOf({ name }: Case): Workplace & { readonly context: string; readonly folder: string } {
  const own = path.join(folder, name.replaceAll(/\W+/g, "-"));
  return {
    folder: own,
    context: path.join(own, "context"),
    cacheDir: path.join(own, "cache"),
    dest: path.join(own, "image.tar"),
  };
}

function pathsIn(context: string): (name: string) => string {
  return (name) => path.join(context, name);
}

async function start(one: Case): Promise<void> {
  const place = placeOf(one);
  writeFiles(place.context, {
    "a/one.txt": "first",
    "a/two.txt": "second",
    "b/three.txt": "third",
    "b/empty.txt": "",
    "b/deep/four.txt": "fourth",
  });
  fs.symlinkSync("one.txt", path.join(place.context, "a/link"));
  fs.linkSync(path.join(place.context, "a/two.txt"), path.join(place.context, "a/hard.txt"));
  one.prepare?.(pathsIn(place.context));
}

const possible = cases.filter(({ needs }) => needs?.() === undefined);

/** Those whose image GNU tar unpacks, too: not where the image is to differ from the context. */
const unpacked: ReadonlySet<Case> = new Set(
  sample(cases.length, sized({ quick: 5, full: 1 }))
    .flatMap((index) => cases[index] ?? [])
    .filter(({ name, copyFlags }) => copyFlags === undefined && !/ignore|left out/.test(name)),
);

const realNow = Date.now.bind(Date);

function setClock(): void {
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + 10_000);
}

/** What is younger than two seconds is hashed again by rule. Here that must not help: the clock is ahead, and the file
 * system's own has only to tick once between a build and an edit. */
const ticked = (): Promise<void> => wait(12);

beforeAll(async () => {
  for (const one of possible) await start(one);
  await ticked();
  setClock();
  for (const one of possible) await buildAt(placeOf(one), optionsOf(one));
}, 60_000);

beforeEach(setClock);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a build after", () => {
  it.for(cases)("$name: $copies, $hashed hashed, and the image has what is there", async (one, { skip }) => {
    const problem = one.needs?.();
    skip(problem !== undefined, problem);
    const place = placeOf(one);
    const options = optionsOf(one);
    const again = await buildAt(place, options);
    expect([again.statuses, again.filesHashed]).toEqual([outcomes["all hit"], 0]);

    one.edit(pathsIn(place.context));
    await ticked();
    const optionsThen = optionsOf(one, one.copyFlagsThen);
    const { digest, statuses, filesHashed, warnings } = await buildAt(place, optionsThen);
    expect({ statuses, filesHashed, warnings }).toEqual({
      statuses: outcomes[one.copies],
      filesHashed: one.hashed,
      warnings: [],
    });
    expect(digest).toBe(await digestAlone(place.context, optionsThen));
    const next = await buildAt(place, optionsThen);
    expect([next.digest, next.statuses]).toEqual([digest, outcomes["all hit"]]);
    if (unpacked.has(one)) {
      expect(unpackedLines(place.dest, place.folder, "all")).toEqual(contextLines(place.context));
    }
  });
});
