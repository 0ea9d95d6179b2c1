// Lets a child process of a test run our sources as they are, without a build that could be stale:
// node --conditions=oci-build:source --import .../register-typescript.mjs child.ts
import { register } from "node:module";

register("./typescript-hooks.mjs", import.meta.url);
