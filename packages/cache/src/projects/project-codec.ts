import { parseContentDigest, parseDiffId, parseDigest } from "@oci-build/oci";
import { decodeFields } from "../records/record-codec.js";
import {
  asArray,
  asInteger,
  asObject,
  asString,
  type JsonObject,
  JsonShapeError,
  parseJsonObject,
} from "../store/json-reader.js";
import type { BuildLog, LoggedStep, Project, ProjectLog } from "./build-log.js";

/** The bytes of a project's log. */
export function encodeProject(log: ProjectLog): Buffer {
  return Buffer.from(JSON.stringify(log));
}

/** The log that `encodeProject` wrote.
 * @throws JsonShapeError, OciBuildError OCI_DIGEST_INVALID, CACHE_KEY_INVALID */
export function decodeProject(bytes: Buffer): ProjectLog {
  const json = parseJsonObject(bytes.toString("utf8"));
  return {
    lastBuild: buildOf(asObject(json["lastBuild"])),
    earlierKeys: asArray(json["earlierKeys"]).map((key) => parseDigest(asString(key))),
  };
}

/** The log, if it is the one of this project: two ids never share a file, unless somebody copied one.
 * @throws JsonShapeError */
export function ofProject(log: ProjectLog, id: string): ProjectLog {
  if (log.lastBuild.project.id !== id) throw new JsonShapeError("the log of another project");
  return log;
}

function buildOf(json: JsonObject): BuildLog {
  return {
    project: projectOf(asObject(json["project"])),
    builtSec: asInteger(json["builtSec"]),
    tags: asArray(json["tags"]).map(asString),
    steps: asArray(json["steps"]).map(stepOf),
  };
}

function projectOf(json: JsonObject): Project {
  return {
    id: asString(json["id"]),
    context: asString(json["context"]),
    dockerfile: asString(json["dockerfile"]),
    target: optionalString(json["target"]),
    platform: asString(json["platform"]),
  };
}

function stepOf(value: unknown): LoggedStep {
  const json = asObject(value);
  const content = optionalString(json["contentDigest"]);
  return {
    id: asString(json["id"]),
    stage: optionalString(json["stage"]),
    name: asString(json["name"]),
    key: parseDigest(asString(json["key"])),
    fields: decodeFields(json["fields"]),
    contentDigest: content === undefined ? undefined : parseContentDigest(content),
    layers: asArray(json["layers"]).map(layerOf),
  };
}

function layerOf(value: unknown): LoggedStep["layers"][number] {
  const json = asObject(value);
  return { digest: parseDigest(asString(json["digest"])), diffId: parseDiffId(asString(json["diffId"])) };
}

function optionalString(value: unknown): string | undefined {
  return value === undefined ? undefined : asString(value);
}
