// node bench/registry.mjs [--mib=500] [--rounds=3]: pull and push against a local docker-registry, beside skopeo.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mustRun, runScript } from "../scripts/run-command.mjs";
import { makeLayout } from "./registry/make-layout.mjs";
import { startRegistry } from "./registry/start-registry.mjs";
import { medianOf, timedRun } from "./registry/timed-run.mjs";
import { withScratchFolder } from "./registry/with-scratch-folder.mjs";

const MIB = 1024 * 1024;
const RATIO_MAX = 1.15;
const RSS_MAX_MIB = 200;
const children = join(import.meta.dirname, "registry/children");
const root = join(import.meta.dirname, "..");

await runScript(main);

async function main() {
  const { values } = parseArgs({ options: { mib: { type: "string" }, rounds: { type: "string" } } });
  const size = Number(values.mib ?? 500) * MIB;
  const rounds = Number(values.rounds ?? 3);
  const packages = ["packages/registry", "packages/cache"];
  await mustRun(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", ...packages]);
  return withScratchFolder(async (folder) => {
    const layout = join(folder, "layout");
    await makeLayout(layout, size);
    const push = await compare(rounds, (tool) => pushOnce(folder, layout, tool));
    const pull = await comparePulls(rounds, folder, layout);
    const isGood = [report("push", push, size), report("pull", pull, size)];
    return isGood.every(Boolean) ? 0 : 1;
  });
}

/** In turn, so that both have the same machine. */
async function compare(rounds, run) {
  const runs = { ours: [], skopeo: [] };
  for (let round = 0; round < rounds; round++) {
    for (const tool of round % 2 === 0 ? ["ours", "skopeo"] : ["skopeo", "ours"]) {
      runs[tool].push(await run(tool));
    }
  }
  return runs;
}

/** Each into a registry that has nothing. */
async function pushOnce(folder, layout, tool) {
  const registry = await startRegistry(join(folder, "registry"));
  try {
    return await timedRun(pushCommand(tool, layout, registry.host));
  } finally {
    await registry.stop();
    await rm(join(folder, "registry"), { recursive: true, force: true });
  }
}

async function comparePulls(rounds, folder, layout) {
  const registry = await startRegistry(join(folder, "registry"));
  try {
    await timedRun(pushCommand("ours", layout, registry.host));
    return await compare(rounds, async (tool) => {
      const target = join(folder, `pulled-${tool}`);
      try {
        return await timedRun(pullCommand(tool, registry.host, target));
      } finally {
        await rm(target, { recursive: true, force: true });
      }
    });
  } finally {
    await registry.stop();
  }
}

function pushCommand(tool, layout, host) {
  if (tool === "ours") return [process.execPath, join(children, "push.mjs"), layout, host];
  return [
    "skopeo",
    "copy",
    "-q",
    "--dest-tls-verify=false",
    `oci:${layout}:latest`,
    `docker://${host}/app:latest`,
  ];
}

function pullCommand(tool, host, target) {
  if (tool === "ours") return [process.execPath, join(children, "pull.mjs"), host, target];
  return [
    "skopeo",
    "copy",
    "-q",
    "--src-tls-verify=false",
    `docker://${host}/app:latest`,
    `oci:${target}:latest`,
  ];
}

/** Prints medians; true when the figures are within their limits. */
function report(name, { ours, skopeo }, size) {
  const ratio = medianOf(ours.map(({ seconds }, at) => seconds / skopeo[at].seconds));
  const cpuRatio = medianOf(ours.map(({ cpuSeconds }, at) => cpuSeconds / skopeo[at].cpuSeconds));
  const rssMib = Math.max(...ours.map(({ rssBytes }) => rssBytes)) / MIB;
  for (const [tool, runs] of Object.entries({ ours, skopeo })) console.log(line(name, tool, runs, size));
  console.log(
    `${name.padEnd(5)} ratio    ${ratio.toFixed(2)} of the time (at most ${RATIO_MAX}), ${cpuRatio.toFixed(2)} of the CPU, ${rssMib.toFixed(0)} MiB at most (${RSS_MAX_MIB})`,
  );
  return ratio <= RATIO_MAX && rssMib <= RSS_MAX_MIB;
}

function line(name, tool, runs, size) {
  const seconds = medianOf(runs.map((run) => run.seconds));
  const cpu = medianOf(runs.map((run) => run.cpuSeconds));
  const rss = Math.max(...runs.map((run) => run.rssBytes)) / MIB;
  const speed = size / MIB / seconds;
  return `${name.padEnd(5)} ${tool.padEnd(8)} ${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s CPU, ${rss.toFixed(0)} MiB, ${speed.toFixed(0)} MiB/s`;
}
