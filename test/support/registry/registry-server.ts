import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import path from "node:path";
import { createInterface } from "node:readline";
import { temporaryFolder } from "../build-folder.js";
import { runTool } from "../tools.js";
import { type LoggedRequest, parseAccessLine } from "./access-log.js";
import type { Certificate } from "./certificates.js";
import { type RegistryConfig, registryConfig } from "./registry-config.js";

export interface RegistryServerOptions extends Omit<RegistryConfig, "folder" | "deletion"> {
  /** Default: allowed. */
  readonly deletion?: RegistryConfig["deletion"] | undefined;
  /** What this side shows of itself to a server that demands a client certificate. */
  readonly clientCertificate?: Certificate | undefined;
}

/** A real registry on loopback: Debian's docker-registry. */
export interface RegistryServer extends AsyncDisposable {
  readonly port: number;
  /** `localhost:PORT` */
  readonly name: string;
  /** `http://localhost:PORT`, or https */
  readonly url: string;
  /** Where it keeps what it has. */
  readonly storage: string;
  /** All requests until now that were answered, in the order of their answers. */
  requests(): Promise<readonly LoggedRequest[]>;
  /** The requests since the last call. */
  newRequests(): Promise<readonly LoggedRequest[]>;
  stop(): Promise<void>;
}

/** No registry outlives this, even when its test was killed; long suites take their time. */
const LIFETIME_SEC = process.env["OCI_BUILD_TEST_SIZE"] === "full" ? 3600 : 300;
const START_TIMEOUT_MS = 20_000;

/** Starts a registry on a free port and waits until it answers. Its folder goes after the file's tests. */
export async function startRegistry(options: RegistryServerOptions = {}): Promise<RegistryServer> {
  const folder = temporaryFolder();
  const deletion = options.deletion ?? "allowed";
  fs.writeFileSync(path.join(folder, "config.yml"), registryConfig({ ...options, folder, deletion }));
  if (options.users !== undefined) writePasswords(path.join(folder, "htpasswd"), options.users);
  const program = ["docker-registry", "serve", path.join(folder, "config.yml")];
  const child = spawn("timeout", [String(LIFETIME_SEC), ...program], { stdio: ["ignore", "pipe", "pipe"] });
  const requests = collectRequests(child);
  const port = await listeningPort(child);
  const url = `${options.tls === undefined ? "http" : "https"}://localhost:${port}`;
  let told = 0;
  const settled = async (): Promise<readonly LoggedRequest[]> => {
    await logIsWritten(url, requests, options.clientCertificate);
    return requests.filter(({ path }) => !isMarker(path));
  };
  return {
    port,
    name: `localhost:${port}`,
    url,
    storage: path.join(folder, "storage"),
    requests: settled,
    async newRequests() {
      const all = await settled();
      const fresh = all.slice(told);
      told = all.length;
      return fresh;
    },
    stop: () => stopped(child),
    [Symbol.asyncDispose]: () => stopped(child),
  };
}

/** docker-registry takes bcrypt alone; its lowest cost, since tests log in often. */
function writePasswords(file: string, users: Readonly<Record<string, string>>): void {
  const lines = Object.entries(users).map(([name, password]) =>
    runTool("htpasswd", ["-nbB", "-C", "4", name, password]).trim(),
  );
  fs.writeFileSync(file, `${lines.join("\n")}\n`);
}

function collectRequests(child: ChildProcess): LoggedRequest[] {
  const requests: LoggedRequest[] = [];
  if (child.stdout === null) throw new Error("docker-registry has no stdout");
  createInterface(child.stdout).on("line", (line) => {
    const request = parseAccessLine(line);
    if (request !== undefined) requests.push(request);
  });
  return requests;
}

/** It listens on a port that the system chose, and says so. */
async function listeningPort(child: ChildProcess): Promise<number> {
  const said: string[] = [];
  if (child.stderr === null) throw new Error("docker-registry has no stderr");
  const lines = createInterface(child.stderr);
  const timer = setTimeout(() => child.kill(), START_TIMEOUT_MS);
  return await new Promise<number>((resolve, reject) => {
    lines.on("line", (line) => {
      if (said.length < 50) said.push(line);
      const [, port] = /"listening on 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.on("error", reject);
    child.on("close", () => reject(new Error(`docker-registry ended:\n${said.join("\n")}`)));
  });
}

let marker = 0;
const isMarker = (path: string): boolean => path.startsWith("/v2/?marker=");

/** A request's line is written after its answer, so that a reader of the log asks for one more line and waits for it. */
async function logIsWritten(
  url: string,
  requests: readonly LoggedRequest[],
  certificate: Certificate | undefined,
): Promise<void> {
  marker += 1;
  const target = `/v2/?marker=${marker}.${process.pid}`;
  await answered(`${url}${target}`, certificate);
  for (const end = Date.now() + 5000; Date.now() < end; ) {
    if (requests.some(({ path }) => path === target)) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`docker-registry did not log ${target}`);
}

async function answered(url: string, certificate: Certificate | undefined): Promise<void> {
  const tls = { rejectUnauthorized: false, cert: certificate?.cert, key: certificate?.key };
  await new Promise<void>((resolve, reject) => {
    const get = url.startsWith("https:")
      ? https.get(url, { ...tls, agent: false })
      : http.get(url, { agent: false });
    get.on("error", reject);
    get.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve());
    });
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill();
  await closed;
}
