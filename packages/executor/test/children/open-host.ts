// Opens the host over a folder, runs shell scripts as root of the id space, and writes what came of it as JSON.
import { openHost } from "../../src/space/open-host.js";
import { runProgram } from "../../src/space/run-program.js";

const [, , dir = "", ...scripts] = process.argv;
const host = await openHost({ dir, env: process.env });
const results: unknown[] = [];
if (host.obstacle === undefined) {
  for (const script of scripts) {
    results.push(await runProgram(host.space.command(["sh", "-c", script]), { env: process.env, cwd: dir }));
  }
  await host.space[Symbol.asyncDispose]();
}
const { obstacle } = host;
const opened =
  host.obstacle === undefined
    ? {
        mapping: host.space.mapping,
        id: host.space.id,
        origin: host.origin,
        idCount: host.idCount,
        single: host.single,
        overlay: host.facts.overlay,
      }
    : undefined;
process.stdout.write(JSON.stringify({ obstacle, opened, results }));
