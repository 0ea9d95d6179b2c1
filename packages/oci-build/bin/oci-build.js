#!/usr/bin/env node
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import module from "node:module";

const args = process.argv.slice(2);
// Nobody reads any more, as after `| head`: no reason for a stack trace.
process.stdout.on("error", () => undefined);

if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  // Asked by scripts all day long: answered without loading the builder.
  const { version } = JSON.parse(readFileSync(at("../package.json"), "utf8"));
  process.stdout.write(`oci-build ${version}\n`);
} else {
  const command = newestCommand();
  if (command === undefined) {
    process.stderr.write("error: oci-build is not compiled\nhint: Run npm run build in its repository.\n");
    process.exitCode = 3;
  } else {
    // From Node 22.1 on; NODE_COMPILE_CACHE names its folder, NODE_DISABLE_COMPILE_CACHE turns it off.
    module.enableCompileCache?.();
    const { main } = await import(command);
    await main(args, process);
  }
}

/** The bundled command. In a checkout, where the compiler may have run since, its modules if they are newer. */
function newestCommand() {
  const bundle = at("../dist/command/main.js");
  if (!existsSync(at("../tsconfig.json"))) return bundle;
  const bundledMs = writtenMs(bundle);
  const compiledMs = readdirSync(at("../../")).map((name) =>
    writtenMs(at(`../../${name}/dist/.tsbuildinfo`)),
  );
  if (compiledMs.every((ms) => ms <= bundledMs) && bundledMs > 0) return bundle;
  const compiled = at("../dist/cli/main.js");
  return existsSync(compiled) ? compiled : undefined;
}

function writtenMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function at(path) {
  return new URL(path, import.meta.url);
}
