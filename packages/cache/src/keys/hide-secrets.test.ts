import { describe, expect, it } from "vitest";
import { hideSecrets, looksSecret } from "./hide-secrets.js";
import { keyField } from "./key-field.js";

const fields = [
  keyField("env", "pair-list", [
    ["NPM_TOKEN", "abc"],
    ["PATH", "/bin"],
  ]),
  keyField("argv", "string-list", ["NPM_TOKEN"]),
];

describe("looksSecret", () => {
  it.each([
    "NPM_TOKEN",
    "token",
    "DB_PASSWORD",
    "db_passwd",
    "AWS_SECRET_ACCESS_KEY",
    "API_KEY",
    "GITHUB_AUTH",
  ])("takes %s for a secret's name", (name) => {
    expect(looksSecret(name)).toBe(true);
  });

  it.each(["PATH", "MONKEY", "KEYBOARD", "TOKENIZER", "PUBLIC_KEY", "AUTHOR", "NODE_VERSION"])(
    "does not take %s for a secret's name",
    (name) => {
      expect(looksSecret(name)).toBe(false);
    },
  );
});

describe("hideSecrets", () => {
  it("replaces values of secret names, and nothing else", () => {
    const [env, argv] = hideSecrets(fields);
    expect(JSON.stringify(env)).not.toContain("abc");
    expect(env?.value).toEqual([
      ["NPM_TOKEN", expect.stringMatching(/^hidden:sha256:[0-9a-f]{64}$/)],
      ["PATH", "/bin"],
    ]);
    expect(argv).toEqual(fields[1]);
  });

  it("changes nothing the second time", () => {
    expect(hideSecrets(hideSecrets(fields))).toEqual(hideSecrets(fields));
  });

  it("keeps different secrets apart", () => {
    const other = [keyField("env", "pair-list", [["NPM_TOKEN", "abd"]])];
    expect(hideSecrets(other)[0]?.value).not.toEqual(hideSecrets(fields)[0]?.value);
  });
});
