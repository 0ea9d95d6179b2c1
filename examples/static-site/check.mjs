// The image has the pages and the server, nothing else, and its server serves its pages.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { listTree } from "../../scripts/list-tree.mjs";

export default async function check({ config, layers, inspected, unpack }) {
  assert.equal(config.config.User, "65534:65534");
  assert.deepEqual(config.config.Healthcheck.Test.slice(0, 3), ["CMD", "/bin/busybox", "wget"]);
  assert.equal(config.config.Healthcheck.Interval, 30e9);
  assert.equal(layers.length, 2);
  if (inspected !== undefined)
    assert.equal(inspected.Labels["org.opencontainers.image.title"], "static-site");
  const root = await unpack();
  if (root === undefined) return;
  const lines = listTree(root, ["."]).map(
    ({ path, type, mode, owner }) => `${type} ${mode} ${owner} ${path}`,
  );
  assert.deepEqual(lines, [
    "directory 755 0:0 bin",
    "file 755 0:0 bin/busybox",
    "directory 755 65534:65534 srv",
    "directory 755 65534:65534 srv/about",
    "file 644 65534:65534 srv/about/index.html",
    "file 644 65534:65534 srv/health.txt",
    "file 644 65534:65534 srv/index.html",
    "file 644 65534:65534 srv/style.css",
  ]);
  await checkServer(root);
}

async function checkServer(root) {
  const port = await freePort();
  const args = ["httpd", "-f", "-p", `127.0.0.1:${port}`, "-h", join(root, "srv")];
  const server = spawn(join(root, "bin/busybox"), args, { stdio: "inherit" });
  try {
    const page = await (await fetchWhenUp(`http://127.0.0.1:${port}/about/`)).text();
    assert.equal(page, readFileSync(join(import.meta.dirname, "site/about/index.html"), "utf8"));
  } finally {
    server.kill();
  }
}

async function fetchWhenUp(url) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetch(url);
    } catch (error) {
      if (attempt === 50) throw error;
      await setTimeout(100);
    }
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
