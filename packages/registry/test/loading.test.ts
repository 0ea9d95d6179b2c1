import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRegistryClient } from "../src/index.js";
import { startMemoryRegistry } from "./support/memory-registry.js";

/** What a file loads with itself, all the way down; types load nothing. */
function loadedWith(file: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const statements = readFileSync(file, "utf8").matchAll(
    /^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm,
  );
  for (const [, name = ""] of statements) {
    if (name.startsWith(".")) loadedWith(join(dirname(file), name.replace(/\.js$/, ".ts")), loaded);
    else loaded.add(name);
  }
  return loaded;
}

describe("the package", () => {
  it("loads no HTTP client before a request is made", () => {
    const loaded = loadedWith(join(import.meta.dirname, "../src/index.ts"));
    expect(loaded).toContain("@oci-build/oci");
    expect(loaded).not.toContain("undici");
  });

  it("loads undici for what writes or needs a proxy, and for nothing else", () => {
    const http = join(import.meta.dirname, "../src/http");
    const transport = loadedWith(join(http, "create-transport.ts"));
    expect(transport).toContain("node:https");
    expect(transport).not.toContain("undici");
    expect(loadedWith(join(http, "dispatchers.ts"))).toContain("undici");
  });
});

describe("createRegistryClient", () => {
  it("asks a registry once it is used, and can be closed without", async () => {
    await using registry = await startMemoryRegistry();
    const unused = createRegistryClient();
    await unused.close();
    await using client = createRegistryClient({ env: {} });
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    expect(await repository.resolve("1")).toBeUndefined();
    await client.checkLogin(registry.host);
    expect(registry.lines()).toEqual(["HEAD /v2/team/app/manifests/1"]);
  });
});
