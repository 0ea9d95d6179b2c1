// Takes the server from the host's Debian package, then builds static-site.oci.tar.
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { captureCommand, runCommand, runScript } from "../../scripts/run-command.mjs";
import { cliPath } from "../../scripts/workspace.mjs";

const cwd = import.meta.dirname;

await runScript(async () => {
  const program = await staticBusybox();
  if (program === undefined) {
    console.log("no static busybox here: Debian's package busybox-static has it");
    return 77;
  }
  copyFileSync(program, join(cwd, "busybox"));
  return await runCommand(process.execPath, [cliPath, "-t", "static-site", "."], { cwd });
});

/** A busybox that needs no libraries: the image has none. */
async function staticBusybox() {
  for (const path of ["/bin/busybox", "/usr/bin/busybox"]) {
    if (existsSync(path) && (await captureCommand("ldd", [path], { stderr: "ignore" })).status !== 0)
      return path;
  }
  return undefined;
}
