import { expect, it } from "vitest";
import { commandAsTold } from "./command-as-told.mjs";

it.each([
  { args: [], told: "node bench/run.mjs" },
  { args: ["--quick", "--only", "unpack"], told: "node bench/run.mjs --quick --only unpack" },
  { args: ["--results", "/home/me/my figures", "--quick"], told: "node bench/run.mjs --quick" },
  { args: ["--base=/home/me/root.tar", "--smoke", "--results=out"], told: "node bench/run.mjs --smoke" },
])("tells $args without places of this machine", ({ args, told }) => {
  expect(commandAsTold("bench/run.mjs", args)).toBe(told);
});
