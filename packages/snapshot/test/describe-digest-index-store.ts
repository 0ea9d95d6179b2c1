import { describe, expect, it } from "vitest";
import type { DigestIndexStore } from "../src/index.js";

const name = (context: string, variant = ""): { context: string; variant: string } => ({ context, variant });

const textOf = async (
  store: DigestIndexStore,
  context: string,
  variant?: string,
): Promise<string | undefined> => {
  const bytes = await store.read(name(context, variant));
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
};

/** The contract of `DigestIndexStore`. `make` gives an empty one. */
export function describeDigestIndexStore(label: string, make: () => Promise<DigestIndexStore>): void {
  describe(`DigestIndexStore: ${label}`, () => {
    it("gives back the bytes that were written last", async () => {
      const store = await make();
      expect(await textOf(store, "/a")).toBeUndefined();
      await store.write(name("/a"), Buffer.from("one"));
      await store.write(name("/a"), Buffer.from("two"));
      expect(await textOf(store, "/a")).toBe("two");
    });

    it("keeps contexts apart, whatever their paths are", async () => {
      const store = await make();
      const contexts = ["/a", "/a/", "/a/b", "/A", "C:\\a", "/ü", "/\udcff", "/a\n", `/${"x".repeat(5000)}`];
      for (const context of contexts) await store.write(name(context), Buffer.from(context, "utf16le"));
      for (const context of contexts) {
        expect(Buffer.from((await store.read(name(context))) ?? []).toString("utf16le")).toBe(context);
      }
    });

    it("gives each variant its own, and another of the same context when that is not there", async () => {
      const store = await make();
      await store.write(name("/a", "x"), Buffer.from("ax"));
      expect(await textOf(store, "/a", "y")).toBe("ax");
      await store.write(name("/a", "y"), Buffer.from("ay"));
      expect(await textOf(store, "/a", "x")).toBe("ax");
      expect(await textOf(store, "/a", "y")).toBe("ay");
      expect(await textOf(store, "/b", "x")).toBeUndefined();
    });

    it("gives bytes that are the caller's", async () => {
      const store = await make();
      await store.write(name("/a"), Buffer.from("one"));
      (await store.read(name("/a")))?.fill(0);
      expect(await textOf(store, "/a")).toBe("one");
    });

    it("keeps the whole of one of two that are written at once", async () => {
      const store = await make();
      const texts = ["a", "b"].map((letter) => letter.repeat(100_000));
      await Promise.all(texts.map((text) => store.write(name("/a"), Buffer.from(text))));
      expect(texts).toContain(await textOf(store, "/a"));
    });

    it("keeps an empty index and a large one", async () => {
      const store = await make();
      const large = Buffer.alloc(3_000_000, "large");
      await store.write(name("/empty"), Buffer.alloc(0));
      await store.write(name("/large"), large);
      expect((await store.read(name("/empty")))?.length).toBe(0);
      expect(large.equals((await store.read(name("/large"))) ?? Buffer.alloc(0))).toBe(true);
    });
  });
}
