import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { decodeManifest, writeImageArchive } from "@oci-build/oci";
import { buildError } from "../errors.js";
import type { BuiltOutput } from "../options/build-result.js";
import { type ChildEnding, childEnding } from "./child-ending.js";
import type { Loader, LoaderContext } from "./find-loader.js";
import { namedContent, type OutputImage } from "./output-image.js";
import { outputProgress } from "./output-progress.js";
import { tellOutput } from "./tell-output.js";
import { TextTail } from "./text-tail.js";
import type { ResultContext } from "./write-result.js";
import { listeningForErrors, writeToStream } from "./write-to-stream.js";

/** A program that was told to end gets so long for it. */
const END_TIMEOUT_MS = 2000;

/** What loading needs. */
export interface LoadContext extends LoaderContext, Pick<ResultContext, "emit"> {
  readonly loader: Loader;
}

/** Pipes an image to `docker load` or `podman load`. Neither has anything of it before it has read all.
 * @throws OciBuildError OUTPUT_LOAD_FAILED, and the errors of `writeImageArchive` */
export async function loadOutput(
  names: readonly string[],
  image: OutputImage,
  context: LoadContext,
): Promise<BuiltOutput> {
  const { loader, emit } = context;
  const label = { action: "load", destination: [loader.program, ...names].join(" ") } as const;
  const tell = outputProgress(label, emit);
  const totalBytes = bytesOf(image);
  await tellOutput(label, emit, async () => {
    const child = startLoad(context);
    const onBytes = (doneBytes: number): void =>
      tell({ doneBytes: Math.min(doneBytes, totalBytes), totalBytes });
    const size = await pipeInto(child, { ...context, names, image, onBytes });
    return { size, outcome: "written" } as const;
  });
  return { kind: "load", program: loader.program, names, outcome: "written" };
}

function bytesOf({ image: { config, manifest } }: OutputImage): number {
  const { layers } = decodeManifest(manifest.bytes);
  return [...layers, config.descriptor, manifest.descriptor].reduce((sum, { size }) => sum + size, 0);
}

/** A program that is running, and how it will end. */
interface Running {
  readonly child: ChildProcessByStdio<Writable, null, Readable>;
  readonly stderr: TextTail;
  readonly ended: Promise<ChildEnding>;
}

function startLoad({ loader, env }: LoadContext): Running {
  const child = spawn(loader.program, [...loader.args, "load"], {
    ...{ env: { ...env }, stdio: ["pipe", "ignore", "pipe"], windowsHide: true },
  });
  const stderr = new TextTail();
  child.stderr.on("data", (bytes: Buffer) => stderr.add(bytes));
  return { child, stderr, ended: childEnding(child) };
}

interface Piping extends LoadContext {
  readonly names: readonly string[];
  readonly image: OutputImage;
  readonly onBytes: (doneBytes: number) => void;
}

async function pipeInto(running: Running, piping: Piping): Promise<number> {
  const { child, ended, stderr } = running;
  const { signal, loader } = piping;
  const stop = (): void => void killed(running);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const size = await listeningForErrors(child.stdin, () => sendImage(child.stdin, piping));
    const ending = await ended;
    if (ending.exitCode !== 0) throw loadFailed(loader, stderr, ending);
    return size;
  } catch (error) {
    const isReaderGone = error instanceof ReaderGone;
    const ending = await (isReaderGone ? ended : killed(running));
    signal?.throwIfAborted();
    throw isReaderGone ? loadFailed(loader, stderr, ending) : error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** The program has closed its standard input; how it ends tells why. */
class ReaderGone extends Error {}

async function sendImage(stdin: Writable, { names, image, onBytes, signal }: Piping): Promise<number> {
  const sink = (chunk: Uint8Array, offset: number): Promise<void> => {
    onBytes(offset + chunk.length);
    return writeToStream(stdin, chunk).catch((error: unknown) => {
      throw new ReaderGone("the program reads no more", { cause: error });
    });
  };
  const { size } = await writeImageArchive(namedContent(image, names), sink, { signal });
  stdin.end();
  return size;
}

/** Ends a program and waits for that. It has not read the whole archive, so that it has no image. */
async function killed({ child, ended }: Running): Promise<ChildEnding> {
  child.kill();
  const timer = setTimeout(() => child.kill("SIGKILL"), END_TIMEOUT_MS);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
    child.stdin.destroy();
  }
}

function loadFailed({ program }: Loader, stderr: TextTail, { exitCode, problem }: ChildEnding): Error {
  const how = exitCode === 0 ? "it ended before it had read the image" : `exit code ${exitCode}`;
  return buildError("OUTPUT_LOAD_FAILED", {
    message: `${program} load failed: ${stderr.lastLine() ?? problem ?? how}`,
    data: { program, exitCode, stderr: stderr.text() },
  });
}
