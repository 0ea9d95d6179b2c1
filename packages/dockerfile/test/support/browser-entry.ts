import { checkDockerfile, parseDockerfile, print } from "../../src/index.js";

/** What the browser runs on each text. */
export function readAll(texts: readonly string[]): unknown {
  return texts.map((text) => {
    const parsed = parseDockerfile(text);
    return { parsed, checked: checkDockerfile(parsed), printed: print(parsed.ast) };
  });
}
