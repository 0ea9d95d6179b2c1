import { seededRandom } from "./random.mjs";
import {
  aptPackages,
  commands,
  comments,
  images,
  labels,
  paths,
  stageNames,
  variables,
} from "./vocabulary.mjs";

/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {(random: Random, stages: readonly string[]) => string} Part */

/** A Dockerfile that BuildKit takes, of 5 to 250 lines, most of 15 to 60; the same for the same seed.
 * @param {number} seed */
export function generateDockerfile(seed) {
  const random = seededRandom(seed);
  const stageCount = random.pick([1, 1, 1, 1, 2, 2, 2, 3, 4, 6]);
  const names = random.some(stageNames, stageCount);
  const text = head(random) + names.map((_, index) => stage(random, names.slice(0, index + 1))).join("\n");
  return random.chance(0.04) ? text.replaceAll("\n", "\r\n") : text;
}

/** @param {Random} random */
function head(random) {
  const syntax = random.chance(0.35) ? "# syntax=docker/dockerfile:1\n\n" : "";
  const license = random.chance(0.15)
    ? `${random
        .some(comments, 6)
        .map((line) => `# ${line}`)
        .join("\n")}\n\n`
    : "";
  const args = "ARG BASE_IMAGE=debian:bookworm-slim\nARG VERSION=1.4.2\n\n";
  return syntax + license + args;
}

/** @param {Random} random @param {readonly string[]} names Of the stages so far, this one the last. */
function stage(random, names) {
  const above = names.slice(0, -1);
  const image = above.length > 0 && random.chance(0.3) ? random.pick(above) : random.pick(images);
  const platform = random.chance(0.15) ? "--platform=$BUILDPLATFORM " : "";
  const parts = [`FROM ${platform}${image} AS ${names.at(-1)}\n`];
  const count = random.pick([1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 9, 14]);
  for (let index = 0; index < count; index += 1) {
    if (random.chance(0.45)) parts.push("\n");
    if (random.chance(0.3)) parts.push(`# ${random.pick(comments)}\n`);
    parts.push(random.pick(instructions)(random, above));
  }
  parts.push(ending(random));
  return parts.join("");
}

/** Repeated ones are more frequent. @type {readonly Part[]} */
const instructions = [
  aptGet,
  aptGet,
  script,
  script,
  script,
  script,
  singleRun,
  singleRun,
  mountedRun,
  heredocRun,
  copy,
  copy,
  copy,
  copy,
  copyFrom,
  copyFrom,
  heredocCopy,
  env,
  env,
  env,
  label,
  arg,
  arg,
  () => "WORKDIR /srv/app\n",
  () => "WORKDIR ${APP_HOME}\n",
  () => "USER app:app\n",
  (random) => `EXPOSE ${random.pick(["8080", "80 443", "9000/tcp", "53/udp"])}\n`,
  () => 'VOLUME ["/var/lib/app", "/data"]\n',
  () => 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\n',
  () => "ADD https://example.com/archive/release.tar.gz /tmp/release.tar.gz\n",
];

/** @type {Part} */
function aptGet(random) {
  const names = random.some(aptPackages, random.between(1, 18));
  const note = random.chance(0.2) ? `    # ${random.pick(comments)}\n` : "";
  return `RUN apt-get update && apt-get install -y --no-install-recommends \\\n${note}${names
    .map((name) => `    ${name} \\\n`)
    .join("")}  && rm -rf /var/lib/apt/lists/*\n`;
}

/** @type {Part} */
function script(random) {
  const [first, ...others] = random.some(commands, random.between(2, 9));
  return `RUN ${["set -eux", first, ...others].join(random.pick(["; \\\n    ", " \\\n && ", " && \\\n\t"]))}\n`;
}

/** @type {Part} */
function singleRun(random) {
  return `RUN ${random.pick(commands)}\n`;
}

/** @type {Part} */
function mountedRun(random) {
  const secret = random.chance(0.3) ? "    --mount=type=secret,id=npmrc,target=/root/.npmrc \\\n" : "";
  return `RUN --mount=type=cache,target=/root/.cache,sharing=locked \\\n${secret}    ${random.pick(commands)}\n`;
}

/** @type {Part} */
function heredocRun(random) {
  return `RUN <<EOF\nset -e\n${random.some(commands, random.between(2, 8)).join("\n")}\nEOF\n`;
}

/** @type {Part} */
function heredocCopy(random) {
  const pairs = random.some(variables, 4).map(([name, value]) => `${name}=${value}`);
  return `COPY --chmod=0644 <<-"END" /etc/app/settings.conf\n\t[main]\n\t${pairs.join("\n\t")}\n\tEND\n`;
}

/** @type {Part} */
function copy(random) {
  const chown = random.chance(0.3) ? "--chown=app:app " : "";
  const link = random.chance(0.1) ? "--link " : "";
  return `COPY ${chown}${link}${random.pick(paths)} ./\n`;
}

/** @type {Part} */
function copyFrom(random, above) {
  const from = above.length > 0 ? random.pick(above) : "busybox:1.36-musl";
  return `COPY --from=${from} /out/server /usr/local/bin/server\n`;
}

/** @type {Part} */
function env(random) {
  const [first, ...others] = random.some(variables, random.pick([1, 1, 1, 2, 3, 5]));
  if (others.length === 0 && random.chance(0.15)) return `ENV ${first?.join(" ")}\n`;
  return `ENV ${[first, ...others].map((pair) => pair?.join("=")).join(" \\\n    ")}\n`;
}

/** @type {Part} */
function label(random) {
  return `LABEL ${random
    .some(labels, random.between(1, 6))
    .map((pair) => pair.join("="))
    .join(" \\\n      ")}\n`;
}

/** @type {Part} */
function arg(random) {
  return random.pick([
    "ARG TARGETARCH\n",
    "ARG TOOL_VERSION=2.41.0\n",
    'ARG BUILD_FLAGS="-O2 -g0"\n',
    "ARG VERSION\n",
  ]);
}

/** @param {Random} random */
function ending(random) {
  const health = random.chance(0.25)
    ? "HEALTHCHECK --interval=30s --timeout=5s --retries=3 \\\n  CMD curl -fsS http://127.0.0.1:8080/healthz || exit 1\n"
    : "";
  const entry = random.chance(0.6) ? 'ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/server"]\n' : "";
  return `${health}${entry}${random.pick(['CMD ["node", "dist/main.js"]\n', 'CMD ["--config", "/etc/app/settings.conf"]\n', "CMD exec java $JAVA_OPTS -jar app.jar\n", ""])}`;
}
