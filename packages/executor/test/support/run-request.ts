import type { FileReader, LayerEntry } from "@oci-build/oci";
import type {
  ExecCommand,
  ExecRequest,
  ExecResult,
  ExecStatus,
  Executor,
  RootFileSystem,
} from "../../src/executor.js";

/** What a test says of a command; the rest is as plain as can be. */
export type CommandOptions = Partial<Omit<ExecCommand, "env" | "onOutput">> & {
  readonly env?: Readonly<Record<string, string>>;
};

/** What a command did. `changes` are lines in the form of snapshot's `tree`, without times, in the layer's order. */
export interface Ran {
  readonly status: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly changes: readonly string[];
}

/** HOME is given, since an OCI runtime would add it. */
const PLAIN_ENV = { PATH: "/usr/bin:/bin", HOME: "/root" };

/** The request of a shell line. */
export function shell(root: RootFileSystem, line: string, options: CommandOptions = {}): ExecRequest {
  return request(root, { args: ["/bin/sh", "-c", line], ...options });
}

/** A request of which only what matters is given. Output goes nowhere. */
export function request(root: RootFileSystem, options: CommandOptions): ExecRequest {
  const { env = PLAIN_ENV, ...rest } = options;
  return {
    root,
    args: ["/bin/true"],
    env: new Map(Object.entries(env)),
    cwd: "/",
    user: "",
    mounts: [],
    network: "default",
    security: "sandbox",
    hosts: [],
    ulimits: [],
    stdio: "captured",
    onOutput: () => undefined,
    ...rest,
  };
}

/** Runs a request to its end, and reads what it changed. */
export async function run(executor: Executor, asked: ExecRequest): Promise<Ran> {
  const output = collectOutput();
  await using result = await executor.run({ ...asked, onOutput: output.onOutput });
  const changes = await changeLines(result);
  return { status: statusText(result.status), ...output.texts(), changes };
}

/** Runs a shell line and gives what it wrote, which is to be all of it: it fails when the line does. */
export async function outputOf(executor: Executor, asked: ExecRequest): Promise<string> {
  const { status, stdout, stderr } = await run(executor, asked);
  if (status !== "exit 0") throw new Error(`${status}: ${stdout}${stderr}`);
  return stdout;
}

interface Output {
  readonly onOutput: ExecCommand["onOutput"];
  texts(): { readonly stdout: string; readonly stderr: string };
}

/** Keeps what a command writes; the bytes are copied, since they are only valid during the call. */
export function collectOutput(): Output {
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  return {
    onOutput: (stream, bytes) => void parts[stream].push(Buffer.from(bytes)),
    texts: () => ({
      stdout: Buffer.concat(parts.stdout).toString("utf8"),
      stderr: Buffer.concat(parts.stderr).toString("utf8"),
    }),
  };
}

/** `exit N` or `signal NAME`. */
function statusText(status: ExecStatus): string {
  return status.kind === "exited" ? `exit ${status.exitCode}` : `signal ${status.signal}`;
}

/** The changes of a result as lines. */
export async function changeLines(result: Pick<ExecResult, "changes">): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const entries of result.changes())
    for (const entry of entries) lines.push(await changeLine(entry));
  return lines;
}

const TEXT_MAX_LENGTH = 60;

async function changeLine(entry: LayerEntry): Promise<string> {
  switch (entry.type) {
    case "whiteout":
    case "opaque":
      return `${entry.type} ${entry.path}`;
    case "symlink":
      return `link ${entry.path}${ownerText(entry)} -> ${entry.target}`;
    case "hardlink":
      return `hardlink ${entry.path} -> ${entry.target}`;
    case "directory":
      return `dir ${metaText(entry)}`;
    case "fifo":
      return `fifo ${metaText(entry)}`;
    case "character-device":
    case "block-device":
      return `${entry.type} ${metaText(entry)} ${entry.deviceMajor},${entry.deviceMinor}`;
    case "file": {
      const text = (await readAll(await entry.open())).toString("utf8");
      const shown = text.length > TEXT_MAX_LENGTH ? `${text.length} characters` : `'${text}'`;
      return `file ${metaText(entry)} ${shown}`;
    }
  }
}

type MetaEntry = Exclude<LayerEntry, { readonly type: "whiteout" | "opaque" }>;

function metaText(entry: MetaEntry): string {
  const xattrs = Array.from(
    entry.xattrs ?? [],
    ([name, value]) => ` ${name}=${Buffer.from(value).toString("latin1")}`,
  );
  return `${entry.path} 0${entry.mode.toString(8)}${ownerText(entry)}${xattrs.join("")}`;
}

function ownerText({ uid, gid }: MetaEntry): string {
  return uid === 0 && gid === 0 ? "" : ` ${uid}:${gid}`;
}

async function readAll(reader: FileReader): Promise<Buffer> {
  const parts: Buffer[] = [];
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let count = await reader.read(buffer); count > 0; count = await reader.read(buffer)) {
      parts.push(Buffer.from(buffer.subarray(0, count)));
    }
  } finally {
    await reader.close();
  }
  return Buffer.concat(parts);
}
