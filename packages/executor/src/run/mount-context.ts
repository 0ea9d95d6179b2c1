import type { Snapshot } from "@oci-build/snapshot";
import type { ExecMount, RootFileSystem } from "../executor.js";
import type { OverlayFacts } from "../space/host-facts.js";
import type { IdMapping } from "../space/id-space.js";
import type { HostMount } from "./host-mounts.js";
import type { LayerLinks } from "./layer-links.js";
import type { LookOnDisk } from "./look-on-disk.js";

/** How the files of other roots, and of folders whose changes are thrown away, come to a command. */
export type MountSources =
  | {
      readonly kind: "stacked";
      readonly overlay: OverlayFacts;
      /** The folders that give a root together, the lowest first. */
      readonly folders: (root: RootFileSystem) => Promise<readonly string[]>;
    }
  | {
      readonly kind: "copied";
      readonly copyTree: (tree: Snapshot, folder: string) => Promise<void>;
      readonly copyFolder: (from: string, to: string) => Promise<void>;
    };

/** What mounts are planned with. `folder` is the run's; `name` is how the folder of links sees it. */
export interface MountContext {
  readonly folder: string;
  readonly name: string;
  readonly links: LayerLinks;
  readonly sources: MountSources;
  readonly mapping: IdMapping;
  readonly hostMounts: () => readonly HostMount[];
  readonly look: LookOnDisk;
  /** Makes the socket of a mount and serves it; gives its path. */
  readonly openSocket: (mount: Extract<ExecMount, { kind: "socket" }>) => Promise<string>;
}
