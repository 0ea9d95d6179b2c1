// npm run demo: builds the example node-app and says where its image is.
import { statSync } from "node:fs";
import { join } from "node:path";
import { compile, installPackages } from "./prepare.mjs";
import { CommandFailed, captureCommand, runScript } from "./run-command.mjs";
import { root } from "./workspace.mjs";

await runScript(async () => {
  await installPackages();
  await compile();
  const archive = join(root, "node-app.oci.tar");
  const { status, stdout } = await captureCommand(process.execPath, [
    join(root, "examples/node-app/run.mjs"),
    "-o",
    `type=oci,dest=${archive}`,
  ]);
  if (status !== 0) throw new CommandFailed(`the build failed with status ${status}`);
  const megabytes = (statSync(archive).size / 1e6).toFixed(1);
  const digest = /sha256:[0-9a-f]{64}/.exec(stdout)?.[0];
  console.log(`\nBuilt ${digest}\nImage (${megabytes} MB): ${archive}`);
  console.log(`Look at it:  skopeo inspect oci-archive:${archive}\nLoad it:     docker load -i ${archive}`);
  return 0;
});
