import fs from "node:fs";
import path from "node:path";
import { ofPart, sized } from "./harm-size.js";

/** One thing that befalls a file of a store. */
export interface Damage {
  /** Relative to the store. */
  readonly file: string;
  readonly what: string;
  readonly inflict: (path: string) => void;
}

/** In the quick size these many places of each file are flipped, evenly spread. */
const QUICK_PLACES = 2;
/** In the full size every byte of one file of each kind, up to this, and so many of the others. */
const EVERY_BYTE_MAX_BYTES = 1024;
const FULL_PLACES = 32;

/** One flipped bit at many bytes of a store's files; which bit it is differs from byte to byte. Of them, those of this
 * part of the run. */
export function flips(store: string, files: readonly string[]): readonly Damage[] {
  const kinds = new Set<string>();
  const all = files.flatMap((file) => {
    const { size } = fs.statSync(path.join(store, file));
    const isFirst = size > 0 && !kinds.has(path.dirname(file));
    if (isFirst) kinds.add(path.dirname(file));
    const most = isFirst ? EVERY_BYTE_MAX_BYTES : FULL_PLACES;
    return flipsOf(file, size, sized({ quick: QUICK_PLACES, full: most }));
  });
  return ofPart(all);
}

function flipsOf(file: string, size: number, most: number): readonly Damage[] {
  return placesIn(size, Math.min(size, most)).map((at) => ({
    file,
    what: `bit ${at % 8} of byte ${at} flipped`,
    inflict: (target) => {
      const bytes = fs.readFileSync(target);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      fs.writeFileSync(target, bytes);
    },
  }));
}

function placesIn(size: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * size) / count));
}

/** What a crash or a broken disk makes of a file. */
export function ruins(file: string): readonly Damage[] {
  const edited = (what: string, edit: (bytes: Buffer) => Uint8Array): Damage => ({
    file,
    what,
    inflict: (target) => fs.writeFileSync(target, edit(fs.readFileSync(target))),
  });
  return [
    edited("emptied", () => Buffer.alloc(0)),
    edited("cut in half", (bytes) => bytes.subarray(0, bytes.length >> 1)),
    edited("without its last byte", (bytes) => bytes.subarray(0, -1)),
    edited("all zeros", (bytes) => Buffer.alloc(bytes.length)),
    edited("with bytes behind its end", (bytes) => Buffer.concat([bytes, Buffer.from("\n")])),
    edited("twice", (bytes) => Buffer.concat([bytes, bytes])),
    { file, what: "removed", inflict: (target) => fs.rmSync(target) },
  ];
}

/** A whole and sound file in the place of another one of its kind. */
export function exchanges(store: string, files: readonly string[]): readonly Damage[] {
  return files.flatMap((file) =>
    files
      .filter((other) => other !== file && path.dirname(other) === path.dirname(file))
      .map((other) => ({
        file,
        what: `replaced by ${path.basename(other).slice(0, 12)}`,
        inflict: (target: string) => fs.copyFileSync(path.join(store, other), target),
      })),
  );
}

/** All files of a store, relative to it. */
export function filesOf(store: string): readonly string[] {
  const names = fs.readdirSync(store, { recursive: true, encoding: "utf8" });
  return names.filter((name) => fs.statSync(path.join(store, name)).isFile()).sort();
}
