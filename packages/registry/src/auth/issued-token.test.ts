import { describe, expect, it } from "vitest";
import { parseIssuedToken } from "./issued-token.js";

describe("parseIssuedToken", () => {
  it.each<[string, unknown, object]>([
    ["a token", { token: "t" }, { token: "t", lifetimeMs: 60_000 }],
    ["OAuth2's word for it", { access_token: "t" }, { token: "t" }],
    ["the first of both", { token: "a", access_token: "b" }, { token: "a" }],
    ["the other where one is empty", { token: "", access_token: "b" }, { token: "b" }],
    ["a lifetime", { token: "t", expires_in: 300 }, { lifetimeMs: 300_000 }],
    ["a lifetime too short to be of use", { token: "t", expires_in: 0 }, { lifetimeMs: 60_000 }],
    ["a lifetime beyond a day", { token: "t", expires_in: 1e12 }, { lifetimeMs: 86_400_000 }],
    ["a lifetime that is none", { token: "t", expires_in: "300" }, { lifetimeMs: 60_000 }],
    ["a new identity token", { token: "t", refresh_token: "r" }, { identityToken: "r" }],
  ])("reads %s", (_, document, expected) => {
    expect(parseIssuedToken(JSON.stringify(document))).toMatchObject(expected);
  });

  it.each([
    "",
    "null",
    "[]",
    "{}",
    '{"token":1}',
    '{"token":"a b"}',
    '{"token":"a\\r\\nx: y"}',
    '{"token":"ä"}',
    "<html>",
  ])("finds none in %j", (text) => {
    expect(parseIssuedToken(text)).toBeUndefined();
  });
});
