import { describe, expect, it } from "vitest";
import { baseCreatedSec, baseHistory } from "./base-history.js";

const created = "2020-01-02T03:04:05Z";
const layer = { created_by: "layer" };
const empty = { created_by: "ENV", empty_layer: true };

describe("baseHistory", () => {
  it.each([
    ["keeps one that counts its layers", [layer, empty, layer], 2, [layer, empty, layer]],
    ["gives layers without an entry one", [empty, layer], 3, [empty, layer, { created }, { created }]],
    // Differs: BuildKit puts missing entries behind the new ones; here they stand with the base's.
    ["makes one where there is none", [], 2, [{ created }, { created }]],
    [
      "says of entries without a layer that they have none",
      [layer, layer, empty],
      1,
      [layer, { ...layer, empty_layer: true }, empty],
    ],
    ["leaves an empty image alone", [empty], 0, [empty]],
  ])("%s", (_, history, layers, expected) => {
    expect(baseHistory({ history, created }, layers)).toEqual(expected);
  });
});

describe("baseCreatedSec", () => {
  it.each([
    ["the newest time", { created, history: [{ created: "2021-01-01T00:00:00Z" }, {}] }, 1_609_459_200],
    ["the image's own time", { created, history: [] }, 1_577_934_245],
    ["nothing where there is none", { history: [{ created: "yesterday" }] }, undefined],
    ["whole seconds", { created: "2020-01-02T03:04:05.987654321Z" }, 1_577_934_245],
  ])("gives %s", (_, config, expected) => {
    expect(baseCreatedSec(config)).toBe(expected);
  });
});
