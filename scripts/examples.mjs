// npm run examples [-- NAME...]: runs the examples and checks what they made, not only that they ended well.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readImage } from "./read-image.mjs";
import { captureCommand, runScript } from "./run-command.mjs";
import { reportsFolder, root } from "./workspace.mjs";

/** Exit status of an example that cannot run on this machine; its last line says why (automake's convention). */
const SKIPPED = 77;

const examplesFolder = join(root, "examples");

await runScript(async () => {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const name of chosenExamples(process.argv.slice(2))) {
    console.log(`-- example ${name}`);
    const outcome = await tryExample(name);
    totals[outcome.state] += 1;
    console.log(`${outcome.state}: ${name}${outcome.note === undefined ? "" : ` (${outcome.note})`}`);
  }
  mkdirSync(reportsFolder, { recursive: true });
  writeFileSync(join(reportsFolder, "examples.json"), `${JSON.stringify(totals)}\n`);
  console.log(`Examples: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
});

function chosenExamples(names) {
  const all = readdirSync(examplesFolder).filter((name) => existsSync(join(examplesFolder, name, "run.mjs")));
  return names.length === 0 ? all.sort() : names;
}

async function tryExample(name) {
  try {
    return await runExample(join(examplesFolder, name));
  } catch (error) {
    console.error(error);
    return { state: "failed", note: "see above" };
  }
}

async function runExample(folder) {
  const { status, stdout } = await captureCommand(process.execPath, ["run.mjs"], { cwd: folder });
  const lastLine = stdout.trimEnd().split("\n").at(-1) ?? "";
  console.log(stdout.trimEnd());
  if (status === SKIPPED) return { state: "skipped", note: lastLine };
  if (status !== 0) return { state: "failed", note: `exit status ${status}` };
  const { default: check } = await import(pathToFileURL(join(folder, "check.mjs")).href);
  const image = await readImage(folder, lastLine);
  try {
    await check(image);
  } finally {
    await image.close();
  }
  return { state: "passed", note: image.note };
}
