// Builds an image from files that exist only in memory, and prints where it is and its digest.
import { Volume } from "memfs";
import { build } from "oci-build";

/** What a build tool would have made: nothing of this is on disk. */
const files = Volume.fromJSON(
  {
    Dockerfile: [
      "FROM scratch",
      "ARG GREETING=hello",
      'LABEL greeting="$GREETING"',
      "COPY --chmod=u=rwX,go=rX dist/ /app/",
      'CMD ["/app/main.js"]',
    ].join("\n"),
    ".dockerignore": "**/*.map\n",
    "dist/main.js": 'console.log("hello from memory");\n',
    "dist/main.js.map": "{}",
    "dist/lib/empty.js": "",
  },
  "/project",
);

const result = await build({
  context: { fs: files, root: "/project" },
  tags: ["in-memory:1"],
  buildArgs: { GREETING: "good morning" },
  output: { type: "oci", dest: "in-memory.oci.tar" },
  onEvent(event) {
    if (event.type === "step.finished") console.error(event.step.name);
  },
});

const [output] = result.outputs;
if (output?.kind === "archive") console.log(`${output.path}  ${result.digest}`);
