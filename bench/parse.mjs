// node bench/parse.mjs: how fast the Dockerfile parser is, beside others. Writes reports/bench-parse.json.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateDockerfile } from "./corpus/generate-dockerfile.mjs";
import { describeMachine } from "./parse/machine.mjs";
import { measureThroughput, timeReading } from "./parse/measure.mjs";
import { median } from "./parse/median.mjs";
import { nastyInputs } from "./parse/nasty-inputs.mjs";

const root = join(import.meta.dirname, "..");
const generatedFiles = 600;
const rounds = 15;
/** Sizes of one file in characters; the last is the largest that must still cost the same per character. */
const linearSizes = [100_000, 1_000_000, 10_000_000];
const nastySize = 500_000;
const nastyRounds = 3;
const nastyMaxMicroseconds = 1;

compile();
// Only now are there the files to import.
const { dockerfileAst, dockerFileParser, parseChecked, parseOnly, parseTyped } = await import(
  "./parse/contenders.mjs"
);
const contenders = [parseOnly, parseTyped, parseChecked, dockerfileAst, dockerFileParser];

const corpus = readCorpus();
const throughput = measureThroughput(contenders, corpus, rounds);
const linear = measureLinearity();
const nasty = measureNasty();
const verdicts = judge();
report();
process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1;

function compile() {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-b", "packages/dockerfile"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("packages/dockerfile does not compile");
}

function readCorpus() {
  const fixtures = join(root, "packages/dockerfile/test/fixtures/parse");
  // Wrong ones make others give up early.
  const golden = readdirSync(fixtures)
    .filter((name) => readFileSync(join(fixtures, name, "diagnostics.txt"), "utf8") === "")
    .map((name) => readFileSync(join(fixtures, name, "Dockerfile"), "utf8"));
  return [...Array.from({ length: generatedFiles }, (_, index) => generateDockerfile(index + 1)), ...golden];
}

/** One file of each size, of stages of the corpus behind one another. */
function measureLinearity() {
  return linearSizes.map((size) => {
    const parts = [];
    for (let length = 0, seed = 1; length < size; seed += 1) {
      const part = generateDockerfile(seed)
        .replaceAll("\r\n", "\n")
        .replace(/^(?:[^F]|F(?!ROM ))*?(?=FROM )/, "")
        .replace(/ AS (\w+)$/gm, ` AS $1-${seed}`);
      parts.push(part.endsWith("\n") ? part : `${part}\n`);
      length += part.length;
    }
    const text = parts.join("");
    const times = [1, 2, 3].map(() => timeReading(parseChecked, [text]));
    return { characters: text.length, microsecondsPerCharacter: (median(times) * 1e3) / text.length };
  });
}

function measureNasty() {
  return nastyInputs(nastySize).map(([name, text]) => {
    const times = Array.from({ length: nastyRounds }, () => timeReading(parseChecked, [text]));
    return {
      name,
      characters: text.length,
      microsecondsPerByte: (median(times) * 1e3) / Buffer.byteLength(text),
    };
  });
}

function judge() {
  const speed = (/** @type {string} */ name) =>
    throughput.find((entry) => entry.name === name)?.megabytesPerSecond ?? 0;
  const tree = speed(parseOnly.name) / speed(dockerfileAst.name);
  const checks = speed(parseChecked.name) / speed(dockerfileAst.name);
  const [first, , last] = linear.map(({ microsecondsPerCharacter }) => microsecondsPerCharacter);
  const growth = (last ?? Number.NaN) / (first ?? Number.NaN);
  const worst = Math.max(...nasty.map(({ microsecondsPerByte }) => microsecondsPerByte));
  return [
    {
      claim: "tree with positions at least 3 times as fast as dockerfile-ast",
      value: tree,
      isMet: tree >= 3,
    },
    { claim: "all checks no slower than dockerfile-ast's bare parse", value: checks, isMet: checks >= 1 },
    { claim: "cost per character of 10 MB at most twice that of 100 kB", value: growth, isMet: growth <= 2 },
    { claim: "no nasty input over 1 µs per byte", value: worst, isMet: worst <= nastyMaxMicroseconds },
  ];
}

function report() {
  const machine = describeMachine();
  const folder = join(root, "reports");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "bench-parse.json");
  writeFileSync(
    file,
    `${JSON.stringify({ machine, files: corpus.length, throughput, linear, nasty, verdicts }, undefined, 2)}\n`,
  );
  console.log(`${machine.commit}, Node ${machine.node}, ${machine.cpu} (${machine.cores})\n`);
  console.log(`${corpus.length} files, medians of ${rounds} rounds, contenders in turn`);
  for (const { name, ms, megabytesPerSecond, filesPerSecond } of throughput) {
    console.log(
      `  ${name.padEnd(34)}${ms.toFixed(1).padStart(8)} ms${megabytesPerSecond.toFixed(2).padStart(8)} MB/s${filesPerSecond.toFixed(0).padStart(8)} files/s`,
    );
  }
  console.log("\nAll checks on one file");
  for (const { characters, microsecondsPerCharacter } of linear) {
    console.log(
      `  ${String(characters).padStart(10)} characters${microsecondsPerCharacter.toFixed(3).padStart(8)} µs per character`,
    );
  }
  console.log("\nAll checks on nasty files");
  for (const { name, microsecondsPerByte } of nasty)
    console.log(`  ${name.padEnd(36)}${microsecondsPerByte.toFixed(3).padStart(8)} µs per byte`);
  console.log("");
  for (const { claim, value, isMet } of verdicts)
    console.log(`${isMet ? "met   " : "MISSED"}  ${claim}: ${value.toFixed(2)}`);
}
