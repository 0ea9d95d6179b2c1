import type { TarMemberType } from "../archive/tar-header.js";
import type { TarMember } from "../archive/tar-members.js";
import type { MismatchRule } from "./mismatch.js";
import type { Validation } from "./validation.js";

/** Longer names are cut in a mismatch. */
const SHOWN_MAX_CHARS = 300;

/** Checks the entries of one layer as they come. */
export interface LayerEntriesCheck {
  see(member: TarMember): void;
  /** Hard links whose target does not stand before them in the layer. */
  readonly unresolvedLinks: readonly UnresolvedLink[];
}

/** `target` is a clean path; `path` is where the link stands, as a mismatch shows it. */
export interface UnresolvedLink {
  readonly path: string;
  readonly target: string;
}

interface Names {
  readonly types: Map<string, TarMemberType | "implied">;
  chars: number;
}

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md */
export function layerEntriesCheck(
  { log, limits }: Pick<Validation, "log" | "limits">,
  layerPath: string,
): LayerEntriesCheck {
  const maxChars = limits.layerNameChars;
  const names: Names = { types: new Map(), chars: 0 };
  const unresolvedLinks: UnresolvedLink[] = [];
  return {
    unresolvedLinks,
    see(member) {
      const path = `${layerPath}!${shownName(member.name)}`;
      const add = (rule: MismatchRule, stated: string, found: string): void => {
        log.add({ path, rule, stated, found });
      };
      checkForm(member, add);
      const name = cleanPath(member.name);
      if (!isSafePath(member.name))
        add("layer.entry-path", "a relative path inside the root", "one that leads out");
      else if (names.chars > maxChars) return;
      else if (checkPlace(names, { name, type: member.type }, add))
        checkLink(names, member, unresolvedLinks, path);
      if (names.chars > maxChars) add("layer.limit", `${maxChars} characters of names`, "more");
    },
  };
}

/** A path without `./` at its start and slashes at its end. */
export function cleanPath(name: string): string {
  return name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

type Add = (rule: MismatchRule, stated: string, found: string) => void;

function checkForm(member: TarMember, add: Add): void {
  const { type, size, statedSize } = member;
  if (type === "sparse" || type === "unknown") add("layer.entry-type", "a type of ustar", type);
  if (size !== statedSize) add("layer.entry-size", "0", String(statedSize));
  const base = cleanPath(member.name).split("/").at(-1) ?? "";
  if (!base.startsWith(".wh.")) return;
  if (type !== "file" && type !== "hardlink") add("layer.whiteout", "an empty file", type);
  else if (size > 0) add("layer.whiteout", "an empty file", `${size} bytes`);
  if (base === ".wh.") add("layer.whiteout", "the name that is deleted", "none");
}

function isSafePath(name: string): boolean {
  return name !== "" && !name.startsWith("/") && !name.split("/").includes("..");
}

/** Notes a path. The root itself may stand there under any of its names, once or not at all. */
function checkPlace(names: Names, { name, type }: { name: string; type: TarMemberType }, add: Add): boolean {
  const { types } = names;
  const before = types.get(name);
  if (before !== undefined && before !== "implied") add("layer.entry-duplicate", "once", `again, as ${type}`);
  else if (before === "implied" && type !== "directory") add("layer.entry-parent", "a directory", type);
  types.set(name, type);
  names.chars += name.length + 1;
  for (let slash = name.lastIndexOf("/"); slash > 0; slash = name.lastIndexOf("/", slash - 1)) {
    const parent = name.slice(0, slash);
    const above = types.get(parent);
    if (above === "directory" || above === "implied") break;
    if (above !== undefined) {
      add("layer.entry-parent", "a directory", above);
      break;
    }
    types.set(parent, "implied");
    names.chars += parent.length + 1;
  }
  return before === undefined || before === "implied";
}

function checkLink(names: Names, member: TarMember, unresolved: UnresolvedLink[], path: string): void {
  if (member.type !== "hardlink") return;
  const target = isSafePath(member.linkName) ? cleanPath(member.linkName) : undefined;
  const type = target === undefined ? undefined : names.types.get(target);
  const isFile =
    type !== undefined && type !== "directory" && type !== "implied" && target !== cleanPath(member.name);
  if (!isFile) unresolved.push({ path, target: target ?? "" });
}

/** A byte string as text that can be shown: UTF-8 decoded, controls escaped. */
function shownName(name: string): string {
  const text = Buffer.from(name.slice(0, SHOWN_MAX_CHARS), "latin1").toString("utf8");
  return JSON.stringify(text).slice(1, -1);
}
