import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** No registry outlives this, even when the benchmark was killed. */
const LIFETIME_SEC = 600;
const ATTEMPTS = 100;
const PAUSE_MS = 50;

/** Starts Debian's docker-registry on a free port of the loopback, with its storage in a folder.
 * @param {string} folder */
export async function startRegistry(folder) {
  const port = await freePort();
  await mkdir(folder, { recursive: true });
  const file = join(folder, "config.yml");
  await writeFile(file, configOf(folder, port));
  const child = spawn("timeout", [String(LIFETIME_SEC), "docker-registry", "serve", file], {
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  await untilItAnswers(port);
  return {
    host: `127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** @param {string} folder @param {number} port */
function configOf(folder, port) {
  return [
    "version: 0.1",
    "log: {level: error, accesslog: {disabled: true}}",
    `storage: {filesystem: {rootdirectory: ${JSON.stringify(join(folder, "storage"))}}}`,
    `http: {addr: "127.0.0.1:${port}"}`,
  ].join("\n");
}

async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @param {number} port */
async function untilItAnswers(port) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (answer?.ok) return;
    await wait(PAUSE_MS);
  }
  throw new Error("docker-registry does not answer");
}
