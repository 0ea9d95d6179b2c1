import type { IdSpace } from "../../src/space/id-space.js";

/** The space of root, who tests of root file systems run as. */
export const rootSpace: Pick<IdSpace, "command" | "mapping" | "id"> = {
  mapping: "root",
  id: "root",
  command: (args) => args,
};

/** The programs of a Debian host. */
export const testPrograms = { tar: "/usr/bin/tar", rm: "/usr/bin/rm" } as const;

/** Whether these tests can give files to other users. */
export const isRoot: boolean = process.getuid?.() === 0;
