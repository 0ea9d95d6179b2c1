import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";

interface Machine {
  readonly bits: 32 | 64;
  readonly order: "little" | "big";
  /** `e_machine` of ELF. */
  readonly code: number;
}

/** By Go's name, as images have it. */
const machines: ReadonlyMap<string, Machine> = new Map([
  ["386", { bits: 32, order: "little", code: 3 }],
  ["amd64", { bits: 64, order: "little", code: 62 }],
  ["arm", { bits: 32, order: "little", code: 40 }],
  ["arm64", { bits: 64, order: "little", code: 183 }],
  ["loong64", { bits: 64, order: "little", code: 258 }],
  ["ppc64le", { bits: 64, order: "little", code: 21 }],
  ["riscv64", { bits: 64, order: "little", code: 243 }],
  ["s390x", { bits: 64, order: "big", code: 22 }],
]);

/** By Node's name of a processor: its own programs, and older ones that most of them run. */
const native: ReadonlyMap<string, readonly string[]> = new Map([
  ["arm", ["arm"]],
  ["arm64", ["arm64", "arm"]],
  ["ia32", ["386"]],
  ["x64", ["amd64", "386"]],
]);

/** Where the kernel is told which program starts what. */
export interface ProgramHost {
  readonly arch: string;
  readonly binfmtFolder: string;
}

const thisHost: ProgramHost = { arch: process.arch, binfmtFolder: "/proc/sys/fs/binfmt_misc" };

/** Whether programs of an architecture can be started here: by the processor, or by an emulator that the kernel has open
 * already, since the image has none. What is not known is taken to run. */
export function runsArchitecture(architecture: string, host: ProgramHost = thisHost): boolean {
  const own = native.get(host.arch);
  const machine = machines.get(architecture);
  if (own === undefined || machine === undefined || own.includes(architecture)) return true;
  const header = programHeader(machine);
  return readRules(host.binfmtFolder).some((rule) => startsProgram(rule, header));
}

/** What the kernel reads first of a program.
 * @see https://man7.org/linux/man-pages/man5/elf.5.html */
function programHeader({ bits, order, code }: Machine): Buffer {
  const header = Buffer.alloc(20);
  header.write("\u007fELF", "latin1");
  header[4] = bits === 64 ? 2 : 1;
  header[5] = order === "little" ? 1 : 2;
  header[6] = 1;
  const write = order === "little" ? header.writeUInt16LE.bind(header) : header.writeUInt16BE.bind(header);
  write(2, 16);
  write(code, 18);
  return header;
}

/** The rules, as the kernel shows them.
 * @see https://docs.kernel.org/admin-guide/binfmt-misc.html */
function readRules(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name !== "register" && name !== "status");
    return names.map((name) => readFileSync(join(folder, name), "utf8"));
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return [];
  }
}

function startsProgram(rule: string, header: Buffer): boolean {
  const lines = rule.split("\n");
  const fieldOf = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  const flags = lines.find((line) => line.startsWith("flags:")) ?? "";
  const magic = Buffer.from(fieldOf("magic") ?? "", "hex");
  if (lines[0] !== "enabled" || !flags.includes("F") || magic.length === 0) return false;
  const mask = Buffer.from(fieldOf("mask") ?? "", "hex");
  const offset = Number(fieldOf("offset") ?? 0);
  return magic.every((byte, index) => {
    const bits = mask[index] ?? 0xff;
    return ((header[offset + index] ?? 0) & bits) === (byte & bits);
  });
}
