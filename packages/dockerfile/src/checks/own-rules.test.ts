import { describe, expect, it } from "vitest";
import { placesOf } from "../../test/support/check-places.js";

type Case = readonly [rule: string, text: string, places: readonly string[]];

const lists = "rm -rf /var/lib/apt/lists/*";

const cases: readonly Case[] = [
  ["CopyBeforeInstall", "FROM a\nCOPY . .\nRUN npm ci", ["2:1-2:9"]],
  ["CopyBeforeInstall", "FROM a\nADD ./ /x\nRUN cd x && NODE_ENV=a pnpm install", ["2:1-2:10"]],
  ["CopyBeforeInstall", "FROM a AS b\nCOPY . .\nFROM b\nRUN yarn\nRUN yarn", ["2:1-2:9"]],
  ["CopyBeforeInstall", "FROM a\nCOPY . .\nRUN python3 -m pip install -r requirements.txt", ["2:1-2:9"]],
  ["CopyBeforeInstall", 'FROM a\nCOPY . .\nRUN ["go", "mod", "download"]', ["2:1-2:9"]],
  ["CopyBeforeInstall", "FROM a\nCOPY . .\nRUN <<E\ncd x\nbundle install\nE\n", ["2:1-2:9"]],
  ["CopyBeforeInstall", "FROM a\nCOPY package.json .\nRUN npm ci\nCOPY . .\nRUN npm ci --omit=dev", []],
  ["CopyBeforeInstall", "FROM a\nCOPY --from=b . .\nRUN npm ci", []],
  [
    "CopyBeforeInstall",
    "FROM a\nCOPY . .\nRUN npm run build && pip install . && go install ./x && pip install -e .[dev]",
    [],
  ],
  ["CopyBeforeInstall", "FROM a\nCOPY . .\nFROM a\nRUN npm ci", []],
  ["AptGetNoClean", "FROM a\nRUN apt-get update && apt-get install -y b", ["2:1-2:4"]],
  ["AptGetNoClean", "FROM a\nRUN sudo apt-get -qq update; apt-get clean", ["2:1-2:4"]],
  ["AptGetNoClean", `FROM a\nRUN apt update\nRUN ${lists}`, ["2:1-2:4"]],
  ["AptGetNoClean", `FROM a\nRUN apt-get update && apt-get install b \\\n && ${lists}`, []],
  ["AptGetNoClean", `FROM a\nRUN <<E\napt-get update\n${lists}\nE\n`, []],
  [
    "AptGetNoClean",
    "FROM a\nRUN --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update",
    [],
  ],
  ["AptGetNoClean", "FROM a AS b\nRUN apt-get update\nFROM scratch\nCOPY --from=b /c /d", []],
  ["AptGetNoClean", "FROM a AS b\nRUN apt-get update\nFROM b\nFROM scratch", ["2:1-2:4"]],
  ["AptGetNoClean", "FROM a\nRUN echo update apt-get && apt-get install b", []],
  ["UnpinnedBase", "FROM a\nFROM b:1 AS c\nFROM c\nFROM scratch", ["1:6-1:7", "2:6-2:9"]],
  ["UnpinnedBase", `FROM a@sha256:${"0".repeat(64)}\nFROM b:1@sha256:${"1".repeat(64)}`, []],
];

describe("our own rules", () => {
  it.each(cases)("%s on %j: %j", (rule, text, places) => {
    expect(placesOf(rule, text)).toEqual(places);
  });

  it.each([
    ["node_modules\n", ["1:1-1:13"]],
    ["# node_modules\r\ndist\r\n  node_modules/ \r\n", ["3:3-3:16"]],
    ["/node_modules\npackages/node_modules\nnode_modules_old\n!node_modules\n #node_modules\n", []],
    ["node_modules\n**/node_modules\n", []],
    ["", []],
  ])("NodeModulesIgnoreDepth on the ignore file %j: %j", (text, places) => {
    const ignoreFile = { name: ".dockerignore", text };
    expect(placesOf("NodeModulesIgnoreDepth", "FROM a", { ignoreFile })).toEqual(places);
  });
});
