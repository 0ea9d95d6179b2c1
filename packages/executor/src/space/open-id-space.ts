import { createHash } from "node:crypto";
import { type Caller, currentCaller, readSystemFile } from "./caller.js";
import { findProgram } from "./find-programs.js";
import { firstLine } from "./first-line.js";
import type { HostPrograms } from "./host-facts.js";
import {
  countIds,
  formatIdMap,
  hasId,
  type IdMaps,
  identityMap,
  parseIdMap,
  subordinateMap,
} from "./id-map.js";
import type { IdMapping, IdSpace } from "./id-space.js";
import type { SingleIdReason } from "./single-id.js";
import { parseSubordinateIds } from "./subordinate-ids.js";
import { NamespaceRefused, openUserNamespace, type UserNamespace } from "./user-namespace.js";
import { writeCheckedMaps, writeOwnMaps } from "./write-id-maps.js";

/** What an id space is opened with. `env` is the programs' own. */
export interface IdSpaceOptions {
  readonly programs: HostPrograms;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** An id space. `own` is the one that this process is in, `made` a namespace of the executor. */
export interface OpenedIdSpace {
  readonly space: IdSpace;
  readonly origin: "own" | "made";
  /** How many users, or groups if these are fewer, it has. */
  readonly idCount: number;
  /** Why it has one id only, if it has. */
  readonly single?: SingleIdReason | undefined;
  readonly obstacle?: undefined;
}

/** The user namespace that this process is in, as root of it: the host's, or that of a container around it. */
export function ownIdSpace(): OpenedIdSpace {
  const maps = ownMaps();
  const idCount = countIds(maps);
  const mapping = isOfHost(maps) ? "root" : idCount > 1 ? "subordinate" : "single";
  const space: IdSpace = {
    mapping,
    id: spaceId(mapping, []),
    hasId: (kind, id) => hasId(kind === "user" ? maps.users : maps.groups, id),
    command: (args) => args,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { space, origin: "own", idCount, single: mapping === "single" ? { kind: "around" } : undefined };
}

/** A user namespace with as many ids as can be had.
 * @throws NamespaceRefused when there is none at all */
export async function openUserIdSpace(options: IdSpaceOptions): Promise<OpenedIdSpace> {
  const caller = currentCaller();
  const wanted = caller.user.id === 0 ? inheritedMaps() : subordinateMaps(caller, options.env);
  if (wanted.kind !== "maps") return await openSingle(caller, wanted, options);
  const space = await openMapped(wanted, options);
  if (space instanceof NamespaceRefused) {
    return await openSingle(caller, { kind: "refused", detail: firstLine(space.message) }, options);
  }
  return { space, origin: "made", idCount: countIds(wanted.maps) };
}

/** All that the namespace needs to be mapped. */
interface WantedMaps {
  readonly kind: "maps";
  readonly maps: IdMaps;
  readonly write: (pid: number, options: IdSpaceOptions) => Promise<void>;
}

/** For root without the right to mount, as in most containers: the ids that it has already. */
function inheritedMaps(): WantedMaps | SingleIdReason {
  const { users, groups } = ownMaps();
  const maps = { users: identityMap(users), groups: identityMap(groups) };
  if (countIds(maps) < 2) return { kind: "around" };
  return { kind: "maps", maps, write: (pid) => writeOwnMaps(pid, maps, "allow") };
}

function subordinateMaps({ user, group }: Caller, env: NodeJS.ProcessEnv): WantedMaps | SingleIdReason {
  const newuidmap = findProgram("newuidmap", env);
  if (newuidmap === undefined) return { kind: "no-program", program: "newuidmap" };
  const newgidmap = findProgram("newgidmap", env);
  if (newgidmap === undefined) return { kind: "no-program", program: "newgidmap" };
  const users = parseSubordinateIds(readSystemFile("/etc/subuid"), user, user.id);
  if (users.length === 0) return { kind: "no-range", file: "/etc/subuid" };
  const groups = parseSubordinateIds(readSystemFile("/etc/subgid"), user, group);
  if (groups.length === 0) return { kind: "no-range", file: "/etc/subgid" };
  const maps = { users: subordinateMap(user.id, users), groups: subordinateMap(group, groups) };
  const programs = { newuidmap, newgidmap };
  return {
    kind: "maps",
    maps,
    write: (pid, options) => writeCheckedMaps(pid, maps, { ...programs, ...options }),
  };
}

/** A refusal is given, not thrown: fewer ids are tried next. */
async function openMapped(wanted: WantedMaps, options: IdSpaceOptions): Promise<IdSpace | NamespaceRefused> {
  try {
    const namespace = await openUserNamespace({ ...options, map: (pid) => wanted.write(pid, options) });
    return namespaceSpace("subordinate", wanted.maps, { namespace, options });
  } catch (error) {
    if (error instanceof NamespaceRefused) return error;
    throw error;
  }
}

async function openSingle(
  { user, group }: Caller,
  single: SingleIdReason,
  options: IdSpaceOptions,
): Promise<OpenedIdSpace> {
  const maps = { users: subordinateMap(user.id, []), groups: subordinateMap(group, []) };
  const namespace = await openUserNamespace({ ...options, map: (pid) => writeOwnMaps(pid, maps, "deny") });
  const space = namespaceSpace("single", maps, { namespace, options });
  return { space, origin: "made", idCount: 1, single };
}

/** In a single-id space setgroups(2) is refused, and the caller's own id is root's already. */
function namespaceSpace(
  mapping: IdMapping,
  maps: IdMaps,
  { namespace, options }: { namespace: UserNamespace; options: IdSpaceOptions },
): IdSpace {
  const credentials = mapping === "single" ? ["--preserve-credentials"] : ["--setuid", "0", "--setgid", "0"];
  const { nsenter } = options.programs;
  return {
    mapping,
    id: spaceId(mapping, [formatIdMap(maps.users), formatIdMap(maps.groups)]),
    hasId: (kind, id) => hasId(kind === "user" ? maps.users : maps.groups, id),
    command: (args) => [nsenter, `--user=${namespace.path}`, ...credentials, "--", ...args],
    [Symbol.asyncDispose]: () => namespace[Symbol.asyncDispose](),
  };
}

/** The mappings of the user namespace that this process is in. */
function ownMaps(): IdMaps {
  return {
    users: parseIdMap(readSystemFile("/proc/self/uid_map")),
    groups: parseIdMap(readSystemFile("/proc/self/gid_map")),
  };
}

/** Only the host's namespace has all ids. */
function isOfHost({ users, groups }: IdMaps): boolean {
  return [users, groups].every((lines) => formatIdMap(lines) === "0 0 4294967295\n");
}

/** Ids of a mapping mean what the namespace around it makes of them: that of the host needs no more words. */
function spaceId(mapping: IdMapping, maps: readonly string[]): string {
  if (mapping === "root") return mapping;
  const { users, groups } = ownMaps();
  const hash = createHash("sha256")
    .update([formatIdMap(users), formatIdMap(groups), ...maps].join("\0"))
    .digest("hex");
  return `${mapping}-${hash.slice(0, 16)}`;
}
