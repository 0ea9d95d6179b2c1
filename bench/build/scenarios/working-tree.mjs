import { closeSync, lstatSync, lutimesSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A project that scenarios change and that is put back in the end.
 * @typedef {object} WorkingTree
 * @property {(round: number) => void} edit Changes one byte of one file to what it never was before.
 * @property {() => void} touchAll Gives everything a new time, as a fresh checkout has.
 * @property {() => Promise<void>} settle Waits until everything is old enough for its stat to be trusted.
 * @property {() => void} restore */

/** @param {{ folder: string, file: string, offset: number, settleMs: number }} options @returns {WorkingTree} */
export function workingTree({ folder, file, offset, settleMs }) {
  let edits = 0;
  let changedAt = 0;
  const changed = () => {
    changedAt = Date.now();
  };
  const original = readByte(file, offset);
  return {
    edit() {
      edits += 1;
      writeByte(file, offset, (original + edits) % 256);
      changed();
    },
    touchAll() {
      touch(folder);
      changed();
    },
    async settle() {
      await sleep(Math.max(0, changedAt + settleMs - Date.now()));
    },
    restore() {
      if (edits === 0) return;
      writeByte(file, offset, original);
      edits = 0;
      changed();
    },
  };
}

/** @param {string} folder */
function touch(folder) {
  for (const entry of readdirSync(folder)) {
    const path = `${folder}/${entry}`;
    if (lstatSync(path).isDirectory()) touch(path);
    const now = new Date();
    lutimesSync(path, now, now);
  }
}

/** @param {string} file @param {number} offset */
function readByte(file, offset) {
  const handle = openSync(file, "r");
  const byte = Buffer.alloc(1);
  try {
    if (readSync(handle, byte, 0, 1, offset) !== 1) throw new Error(`${file} has no byte ${offset}`);
  } finally {
    closeSync(handle);
  }
  return byte.readUInt8();
}

/** @param {string} file @param {number} offset @param {number} value */
function writeByte(file, offset, value) {
  const handle = openSync(file, "r+");
  try {
    writeSync(handle, Buffer.from([value]), 0, 1, offset);
  } finally {
    closeSync(handle);
  }
}
