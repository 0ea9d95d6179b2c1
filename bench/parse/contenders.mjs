import { parse as parseLoosely } from "docker-file-parser";
import { DockerfileParser } from "dockerfile-ast";
import * as ours from "../../packages/dockerfile/dist/index.js";

/** One way to read a Dockerfile. `read` gives its result, so that no engine can leave the work out.
 * @typedef {{ readonly name: string, readonly read: (text: string) => unknown }} Contender */

/** @type {Contender} */
export const parseOnly = { name: "ours: tree with positions", read: (text) => ours.parse(text) };

/** @type {Contender} */
export const parseTyped = { name: "ours: tree, typed, stages", read: (text) => ours.parseDockerfile(text) };

/** @type {Contender} */
export const parseChecked = {
  name: "ours: tree, typed, all checks",
  read: (text) => ours.checkDockerfile(ours.parseDockerfile(text)),
};

/** @type {Contender} */
export const dockerfileAst = {
  name: "dockerfile-ast 0.7: parse",
  read: (text) => DockerfileParser.parse(text),
};

/** @type {Contender} */
export const dockerFileParser = {
  name: "docker-file-parser 1.0: parse",
  read: (text) => parseLoosely(text, { includeComments: true }),
};
