// npm run build: compiles all packages; the packages must be installed.
import { compile } from "./prepare.mjs";
import { runScript } from "./run-command.mjs";

await runScript(async () => {
  await compile();
  return 0;
});
