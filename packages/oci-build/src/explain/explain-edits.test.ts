import type { Volume } from "memfs";
import { describe, expect, it } from "vitest";
import { explanationsOf, project, told } from "../../test/support/explained-project.js";
import type { BuildOptions } from "../options/build-options.js";

const DOCKERFILE = [
  "FROM scratch",
  "ARG VERSION=1",
  "WORKDIR /app",
  "COPY package.json ./",
  "COPY src /srv/$VERSION/",
] as const;

const FILES = {
  "package.json": "{}",
  "src/app.ts": "app",
  "src/lib.ts": "lib",
  "src/deep/a.ts": "a",
  "users/etc/passwd": "app:x:1000:1000::/:\n",
};

const COPY_SRC = "COPY src /srv/$VERSION/";

interface Edit {
  readonly name: string;
  readonly files?: (files: Volume) => void;
  /** Lines of the Dockerfile before and after; by default, the one above. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  readonly options?: BuildOptions;
  readonly lines: readonly string[];
  readonly reasons?: readonly unknown[];
}

const changed = (path: string, name: string, before: string, after: string) => ({
  kind: "files",
  count: 1,
  changes: [{ kind: "changed", path, type: "file", attributes: [{ name, before, after }] }],
});

/** The Dockerfile with one line in the place of another. */
function replaced(line: string, by: string): readonly string[] {
  return DOCKERFILE.map((text) => (text === line ? by : text));
}

const fileEdits: readonly Edit[] = [
  { name: "nothing", lines: [], reasons: [] },
  { name: "a touched file", files: (fs) => fs.utimesSync("/ctx/src/app.ts", 1, 2), lines: [] },
  {
    name: "a file's bytes",
    files: (fs) => fs.writeFileSync("/ctx/src/app.ts", "apps"),
    lines: [`${COPY_SRC}: 1 file changed: app.ts (content)`],
    reasons: [changed("srv/1/app.ts", "content", "3", "4")],
  },
  {
    name: "a file's mode",
    files: (fs) => fs.chmodSync("/ctx/src/app.ts", 0o755),
    lines: [`${COPY_SRC}: 1 file changed: app.ts (mode 0644 → 0755)`],
    reasons: [changed("srv/1/app.ts", "mode", "0644", "0755")],
  },
  {
    name: "a directory's mode",
    files: (fs) => fs.chmodSync("/ctx/src/deep", 0o700),
    lines: [`${COPY_SRC}: 1 directory changed: deep/ (mode 0755 → 0700)`],
  },
  {
    name: "a new file",
    files: (fs) => fs.writeFileSync("/ctx/src/new.ts", "new", { mode: 0o644 }),
    lines: [`${COPY_SRC}: 1 file added: new.ts`],
    reasons: [{ kind: "files", count: 1, changes: [{ kind: "added", path: "srv/1/new.ts", type: "file" }] }],
  },
  {
    name: "a file that is gone",
    files: (fs) => fs.unlinkSync("/ctx/src/lib.ts"),
    lines: [`${COPY_SRC}: 1 file deleted: lib.ts`],
  },
  {
    name: "a renamed file",
    files: (fs) => fs.renameSync("/ctx/src/lib.ts", "/ctx/src/deep/library.ts"),
    lines: [`${COPY_SRC}: 1 file renamed: lib.ts → deep/library.ts`],
    reasons: [
      {
        kind: "files",
        count: 1,
        changes: [
          {
            kind: "renamed",
            from: "srv/1/lib.ts",
            path: "srv/1/deep/library.ts",
            type: "file",
            attributes: [],
          },
        ],
      },
    ],
  },
  {
    name: "a file that a directory took the place of",
    files: (fs) => {
      fs.unlinkSync("/ctx/src/lib.ts");
      fs.mkdirSync("/ctx/src/lib.ts", { mode: 0o755 });
    },
    lines: [`${COPY_SRC}: 1 directory changed: lib.ts/ (file → directory)`],
  },
  {
    name: "a link that leads elsewhere",
    files: (fs) => {
      fs.unlinkSync("/ctx/src/link");
      fs.symlinkSync("b", "/ctx/src/link");
    },
    lines: [`${COPY_SRC}: 1 link changed: link (link target a → b)`],
  },
  {
    name: "several kinds of changes",
    files: (fs) => {
      fs.writeFileSync("/ctx/src/app.ts", "apps");
      fs.mkdirSync("/ctx/src/dir", { mode: 0o755 });
      fs.writeFileSync("/ctx/src/dir/x", "1");
      fs.writeFileSync("/ctx/src/dir/y", "2");
      fs.unlinkSync("/ctx/src/lib.ts");
    },
    lines: [
      `${COPY_SRC}: 1 file changed, 3 paths added, 1 file deleted`,
      "  app.ts (content)",
      "  + dir/",
      "  - lib.ts",
    ],
  },
  {
    name: "more changes than are listed",
    files: (fs) => {
      for (let index = 10; index < 22; index++) fs.writeFileSync(`/ctx/src/n${index}`, String(index));
    },
    lines: [
      `${COPY_SRC}: 12 files added`,
      ...Array.from({ length: 10 }, (_, index) => `  + n${index + 10}`),
      "  and 2 more",
    ],
  },
];

const inputEdits: readonly Edit[] = [
  {
    name: "a variable",
    options: { buildArgs: { VERSION: "2" } },
    lines: [`${COPY_SRC}: ARG VERSION 1 → 2`, `${COPY_SRC}: 3 paths added, 3 deleted, 3 files renamed`],
  },
  {
    name: "a variable that is not set any more",
    before: replaced("ARG VERSION=1", "ENV VERSION=1"),
    after: replaced("ARG VERSION=1", "ARG VERSION"),
    lines: [`${COPY_SRC}: ARG VERSION 1 → (unset)`, `${COPY_SRC}: 2 paths added, 3 deleted, 3 files renamed`],
  },
  {
    name: "another instruction in the place of one",
    after: replaced("COPY package.json ./", "COPY package.json ./p.json"),
    lines: [
      "COPY package.json ./p.json: instruction changed: COPY package.json ./ → COPY package.json ./p.json",
      "COPY package.json ./p.json: 1 file renamed: app/package.json → app/p.json",
    ],
    reasons: [
      { kind: "instruction", before: "COPY package.json ./", after: "COPY package.json ./p.json" },
      {
        kind: "files",
        count: 1,
        changes: [
          { kind: "renamed", from: "app/package.json", path: "app/p.json", type: "file", attributes: [] },
        ],
      },
    ],
  },
  {
    name: "a step that is new",
    after: [...DOCKERFILE, "COPY src/lib.ts /new/"],
    lines: ["COPY src/lib.ts /new/: first build of this step: the last build had none like it"],
    reasons: [{ kind: "new-step" }],
  },
  {
    name: "a step that is gone, which says nothing of the others",
    after: replaced("COPY package.json ./", "ENV A=b"),
    lines: [],
  },
  {
    name: "--chown",
    after: replaced(COPY_SRC, "COPY --chown=1000 package.json /srv/"),
    before: replaced(COPY_SRC, "COPY package.json /srv/"),
    lines: [
      "COPY --chown=1000 package.json /srv/: instruction changed: COPY package.json /srv/ → COPY --chown=1000 package.json /srv/",
      "COPY --chown=1000 package.json /srv/: 2 paths changed",
    ],
  },
  {
    name: "another WORKDIR below a step",
    after: replaced("WORKDIR /app", "WORKDIR /opt"),
    lines: [
      "WORKDIR /opt: instruction changed: WORKDIR /app → WORKDIR /opt",
      "WORKDIR /opt: 1 directory added, 1 deleted",
      "COPY package.json ./: parent step 0.1 changed (WORKDIR /opt): the destination /app is /opt now",
      "COPY package.json ./: 1 file renamed: app/package.json → opt/package.json",
    ],
  },
  {
    name: "a destination that exists now",
    before: ["FROM scratch", "COPY src/lib.ts /x/"],
    after: ["FROM scratch", "WORKDIR /x", "COPY src/lib.ts /x/"],
    lines: [
      "WORKDIR /x: first build of this step: the last build had none like it",
      "COPY src/lib.ts /x/: parent step 0.1 changed (WORKDIR /x): /x exists now",
      "COPY src/lib.ts /x/: 1 directory deleted: x/",
    ],
  },
  {
    name: "the ids of a named owner",
    before: ["FROM scratch", "COPY users /", "COPY --chown=app src/lib.ts /"],
    files: (fs) => fs.writeFileSync("/ctx/users/etc/passwd", "app:x:1001:1000::/:\n"),
    lines: [
      "COPY users /: 1 file changed: etc/passwd (content)",
      "COPY --chown=app src/lib.ts /: parent step 0.1 changed (COPY users /): the owner's ids 1000:1000 → 1001:1000",
      "COPY --chown=app src/lib.ts /: 1 file changed: lib.ts (uid 1000 → 1001)",
    ],
  },
  {
    name: "another level of compression",
    options: { compression: { level: 9 } },
    lines: [
      "WORKDIR /app: form changed: gzip level 6 → 9, the content is the same",
      "COPY package.json ./: form changed: gzip level 6 → 9, the content is the same",
      `${COPY_SRC}: form changed: gzip level 6 → 9, the content is the same`,
    ],
  },
  {
    name: "another epoch",
    options: { sourceDateEpoch: 7 },
    before: ["FROM scratch", "COPY src/lib.ts /"],
    lines: ["COPY src/lib.ts /: form changed: times as they are → times up to 7, the content is the same"],
  },
  {
    name: "--no-cache",
    options: { noCache: true },
    before: ["FROM scratch", "COPY src/lib.ts /"],
    lines: ["COPY src/lib.ts /: cache not used (--no-cache or --no-cache-filter)"],
    reasons: [{ kind: "no-cache" }],
  },
];

describe.each([
  { kind: "files", edits: fileEdits },
  { kind: "the Dockerfile and options", edits: inputEdits },
])("what changed of $kind since the last build", ({ edits }) => {
  it.each(edits)(
    "is told of $name",
    async ({ files, before = DOCKERFILE, after = before, options, lines, reasons }) => {
      const { volume, build, explain } = project(FILES);
      volume.symlinkSync("a", "/ctx/src/link");
      await build(before);
      files?.(volume);
      const forecast = await explain(after, options);
      const steps = explanationsOf(await build(after, options));
      expect(told(steps)).toEqual(lines);
      expect(forecast.steps, "without building").toEqual(steps);
      if (reasons !== undefined) expect(steps.flatMap((step) => step.reasons)).toEqual(reasons);
      expect(JSON.parse(JSON.stringify(steps))).toEqual(steps);
    },
  );
});
