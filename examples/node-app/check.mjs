// The image holds what the Dockerfile asks for, byte for byte, and the service answers.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { listTree } from "../../scripts/list-tree.mjs";

const folder = import.meta.dirname;

export default async function check({ config, layers, unpack }) {
  assert.equal(config.config.User, "1000:1000");
  assert.equal(config.config.WorkingDir, "/app");
  assert.deepEqual(config.config.Entrypoint, ["/usr/local/bin/node"]);
  assert.deepEqual(config.config.Cmd, ["server.js"]);
  assert.deepEqual(config.config.ExposedPorts, { "8080/tcp": {} });
  assert.equal(config.config.Labels["org.opencontainers.image.version"], "1.0.0");
  assert.equal(layers.length, 5);
  checkTree(await unpack());
  await checkService();
}

/** Directories that COPY makes for its destination: their mode is the builder's, not the source's. */
const destinations = new Set(["node_modules", "public"]);

function checkTree(rootfs) {
  if (rootfs === undefined) return;
  const names = ["package.json", "package-lock.json", "node_modules", "public", "server.js"];
  const expected = listTree(folder, names)
    .filter((entry) => isCopied(entry) && !destinations.has(entry.path))
    .map((entry) => ({ ...entry, owner: entry.path.startsWith("public/") ? "1000:1000" : "0:0" }));
  assert.ok(expected.length > 10_000, `${expected.length} entries`);
  const found = listTree(join(rootfs, "app"), ["."]).filter(({ path }) => !destinations.has(path));
  assert.deepEqual(found, expected);
}

function isCopied({ path }) {
  return !(path.startsWith("node_modules/") && path.endsWith(".md")) || path.endsWith("/LICENSE.md");
}

/** Starts the program as the image would, on a free port. */
async function checkService() {
  const service = spawn(process.execPath, ["server.js"], {
    cwd: folder,
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface(service.stdout), "line", {
      signal: AbortSignal.timeout(20_000),
    });
    const base = `http://127.0.0.1:${JSON.parse(line).port}`;
    assert.deepEqual(await (await fetch(`${base}/healthz`)).json(), { status: "ok" });
    assert.match(await (await fetch(base)).text(), /Tokyo: \d\d:\d\d/);
    assert.match(await (await fetch(`${base}/robots.txt`)).text(), /Disallow/);
  } finally {
    service.kill();
  }
}
