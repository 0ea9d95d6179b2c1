import { describe, expect, it } from "vitest";
import { SecretMask } from "./secret-mask.js";

function maskOf(...secrets: readonly string[]): SecretMask {
  const mask = new SecretMask();
  mask.add(...secrets);
  return mask;
}

describe("SecretMask", () => {
  it.each([
    ["as it is", "sec/ret+ä", "a sec/ret+ä b", "a *** b"],
    ["in an address", "sec/ret+ä", "?p=sec%2Fret%2B%C3%A4", "?p=***"],
    ["in a form", "secret word!", "p=secret+word%21", "p=***"],
    ["in base64", "secret", "Basic c2VjcmV0", "Basic ***"],
    ["in JSON", 'sec"ret', '{"p":"sec\\"ret"}', '{"p":"***"}'],
    ["often", "secret", "secretsecret", "******"],
    ["not when it is too short to hide", "abc", "abc", "abc"],
    ["not when it is not there", "secret", "nothing", "nothing"],
  ])("hides a secret %s", (_, secret, text, shown) => {
    expect(maskOf(secret).hide(text)).toBe(shown);
  });

  it("hides the longer of two of which one holds the other", () => {
    expect(maskOf("token", "token-and-more").hide("token-and-more")).toBe("***");
  });

  it("hides what an address holds besides the protocol's words", () => {
    const url = new URL("https://r.example/?digest=sha256%3Aabcd&X-Sig=s1gn%2Fature&scope=repository:a:pull");
    expect(maskOf().hide("s1gn/ature s1gn%2Fature sha256:abcd repository:a:pull", url)).toBe(
      "*** *** sha256:abcd repository:a:pull",
    );
  });

  it("does not grow without end, and forgets the oldest", () => {
    const mask = maskOf("the first");
    for (let i = 0; i < 1000; i += 1) mask.add(`token number ${i}`);
    expect(mask.hide("the first, token number 999")).toBe("the first, ***");
  });
});
