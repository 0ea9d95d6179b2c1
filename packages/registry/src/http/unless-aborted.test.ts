import { describe, expect, it } from "vitest";
import { unlessAborted } from "./unless-aborted.js";

const reason = new Error("stopped");

describe("unlessAborted", () => {
  it("gives the outcome of the work", async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(reason), signal)).rejects.toBe(reason);
    expect(await unlessAborted(Promise.resolve(1), undefined)).toBe(1);
  });

  it.each(["before", "meanwhile"])(
    "gives the reason of who stopped it %s, and sees to what still fails",
    async (when) => {
      const stop = new AbortController();
      if (when === "before") stop.abort(reason);
      const { promise, reject } = withReject();
      const outcome = unlessAborted(promise, stop.signal);
      if (when === "meanwhile") stop.abort(reason);
      await expect(outcome).rejects.toBe(reason);
      // Vitest fails for a rejection that nobody handles.
      reject(new Error("too late"));
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
  );
});

function withReject(): { readonly promise: Promise<never>; reject(error: Error): void } {
  let rejectIt: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, reject) => {
    rejectIt = reject;
  });
  return { promise, reject: (error) => rejectIt(error) };
}
