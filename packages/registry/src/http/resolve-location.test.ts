import { describe, expect, it } from "vitest";
import { resolveLocation } from "./resolve-location.js";

const BASE = new URL("https://r.example:5000/v2/a/blobs/uploads/");

describe("resolveLocation", () => {
  it.each([
    ["/v2/a/blobs/uploads/1?s=x", "https://r.example:5000/v2/a/blobs/uploads/1?s=x"],
    ["2", "https://r.example:5000/v2/a/blobs/uploads/2"],
    ["//cdn.example/x", "https://cdn.example/x"],
    ["https://cdn.example/x#y", "https://cdn.example/x"],
    ["http://cdn.example/x", "http://cdn.example/x"],
    ["http://r.example:5000/x?y", "https://r.example:5000/x?y"],
    ["http://r.example/x", "http://r.example/x"],
    ["https://user:pass@cdn.example/x", undefined],
    ["https://user@cdn.example/x", undefined],
    ["ftp://cdn.example/x", undefined],
    ["file:///etc/passwd", undefined],
    ["data:text/plain,x", undefined],
    ["https://", undefined],
    [undefined, undefined],
  ])("of %j is %j", (text, url) => {
    expect(resolveLocation(text, BASE)?.href).toBe(url);
  });

  it("leaves http alone where the registry speaks it", () => {
    expect(resolveLocation("http://r/x", new URL("http://r/v2/"))?.href).toBe("http://r/x");
  });
});
