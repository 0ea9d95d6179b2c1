#!/usr/bin/env node
import { readFileSync } from "node:fs";

const args = process.argv.slice(2);
// Nobody reads any more, as after `| head`: no reason for a stack trace.
process.stdout.on("error", () => undefined);

if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  // Asked by scripts all day long: answered without loading the builder.
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.write(`oci-build ${version}\n`);
} else {
  const { main } = await import("../dist/cli/main.js");
  await main(args, process);
}
