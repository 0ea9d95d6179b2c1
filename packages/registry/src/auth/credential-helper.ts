import { StringDecoder } from "node:string_decoder";
import type { OciBuildError } from "@oci-build/oci";
import { registryError } from "../errors.js";
import { toldText } from "../http/told-text.js";

/** What helpers can do. */
type HelperAction = "get" | "store" | "erase";

/** One call of a helper. */
export interface HelperCall {
  /** What stands behind `docker-credential-`. */
  readonly helper: string;
  readonly action: HelperAction;
  readonly input: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is not to be told though the helper may repeat it. */
  readonly secret?: string | undefined;
}

/** What came of it. */
export interface HelperAnswer {
  readonly status: "done" | "failed";
  /** Standard output. Of a call that failed it is the reason. */
  readonly output: string;
}

const OUTPUT_MAX_LENGTH = 64 * 1024;
/** Some ask the user for leave. */
const TIMEOUT_MS = 120_000;
/** No path, and nothing that could be taken for an option. */
const HELPER_NAME = /^[A-Za-z0-9][\w.-]*$/;

/** Runs `docker-credential-<helper> <action>`.
 * @throws OciBuildError REGISTRY_HELPER_FAILED when it cannot be run, takes too long or says too much
 * @see https://github.com/docker/docker-credential-helpers/tree/v0.8.2#development */
export async function callHelper(call: HelperCall): Promise<HelperAnswer> {
  if (!HELPER_NAME.test(call.helper)) throw helperFailed(call, "not the name of a helper");
  const { output, exit, stderr } = await run(call);
  if (exit === 0) return { status: "done", output };
  return { status: "failed", output: output.trim() || stderr.trim() || `exit code ${String(exit)}` };
}

/** The error for a helper that did not do what it was asked for. */
export function helperFailed(
  { helper, action, secret }: Pick<HelperCall, "helper" | "action" | "secret">,
  reason: string,
): OciBuildError<"REGISTRY_HELPER_FAILED"> {
  const hidden = secret === undefined || secret === "" ? reason : reason.replaceAll(secret, "***");
  const name = toldText(`docker-credential-${helper}`);
  const told = toldText(hidden);
  return registryError("REGISTRY_HELPER_FAILED", {
    message: `${name} ${action}: ${told}`,
    data: { helper: name, action, reason: told },
    hint:
      reason === "ENOENT"
        ? `Install ${name}, or take it out of credsStore or credHelpers in Docker's config.json.`
        : undefined,
  });
}

interface Ended {
  readonly output: string;
  readonly stderr: string;
  readonly exit: number | null;
}

async function run(call: HelperCall): Promise<Ended> {
  // Every build on an image loads this module, and few ask a helper.
  const { spawn } = await import("node:child_process");
  const child = spawn(`docker-credential-${call.helper}`, [call.action], {
    env: call.env,
    stdio: "pipe",
    windowsHide: true,
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  return new Promise((resolve, reject) => {
    const tooMuch = (): void => {
      child.kill("SIGKILL");
      reject(helperFailed(call, `more than ${OUTPUT_MAX_LENGTH} characters of output`));
    };
    const output = collect(child.stdout, tooMuch);
    const stderr = collect(child.stderr, tooMuch);
    child.on("error", (error: NodeJS.ErrnoException) => reject(helperFailed(call, error.code ?? "not run")));
    child.on("close", (exit, signal) => {
      if (signal === null) resolve({ output: output(), stderr: stderr(), exit });
      else reject(helperFailed(call, `ended by ${signal}`));
    });
    // One that ends without reading has said why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(call.input);
  });
}

function collect(stream: NodeJS.ReadableStream, onTooMuch: () => void): () => string {
  const decoder = new StringDecoder("utf8");
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    text += decoder.write(chunk);
    if (text.length > OUTPUT_MAX_LENGTH) onTooMuch();
  });
  return () => text + decoder.end();
}
