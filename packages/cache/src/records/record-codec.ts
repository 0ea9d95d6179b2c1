import { type Digest, parseContentDigest, parseDiffId, parseDigest } from "@oci-build/oci";
import { type KeyField, type KeyKind, keyField } from "../keys/key-field.js";
import {
  asArray,
  asInteger,
  asObject,
  asString,
  type JsonObject,
  JsonShapeError,
  parseJsonObject,
} from "../store/json-reader.js";
import type { RecordedImage, RecordedLayer, StepRecord } from "./step-record.js";

/** The bytes of a record. JSON keeps the lone surrogates of names that are not UTF-8, as escapes. */
export function encodeRecord(record: StepRecord): Buffer {
  return Buffer.from(JSON.stringify(record));
}

/** The record that `encodeRecord` wrote for this key.
 * @throws JsonShapeError, OciBuildError OCI_DIGEST_INVALID, CACHE_KEY_INVALID */
export function decodeRecord(key: Digest, bytes: Buffer): StepRecord {
  const json = parseJsonObject(bytes.toString("utf8"));
  if (json["version"] !== 1) throw new JsonShapeError("a record of another version");
  if (json["key"] !== key) throw new JsonShapeError("the record of another key");
  const { contentDigest: content, image } = json;
  return {
    version: 1,
    key,
    fields: decodeFields(json["fields"]),
    stepName: asString(json["stepName"]),
    createdSec: asInteger(json["createdSec"]),
    contentDigest: content === undefined ? undefined : parseContentDigest(asString(content)),
    layers: asArray(json["layers"]).map(layerOf),
    ...(image === undefined ? {} : { image: imageOf(image) }),
  };
}

/** The fields of a key, as JSON keeps them.
 * @throws JsonShapeError, OciBuildError CACHE_KEY_INVALID */
export function decodeFields(value: unknown): readonly KeyField[] {
  return asArray(value).map(fieldOf);
}

function imageOf(value: unknown): RecordedImage {
  const json = asObject(value);
  return {
    documents: asArray(json["documents"]).map((digest) => parseDigest(asString(digest))),
    layers: asArray(json["layers"])
      .map(asObject)
      .map((layer) => ({
        digest: parseDigest(asString(layer["digest"])),
        diffId: parseDiffId(asString(layer["diffId"])),
      })),
  };
}

function layerOf(value: unknown): RecordedLayer {
  const json = asObject(value);
  return {
    form: asString(json["form"]),
    mediaType: asString(json["mediaType"]),
    digest: parseDigest(asString(json["digest"])),
    size: asInteger(json["size"], 0),
    diffId: parseDiffId(asString(json["diffId"])),
    uncompressedSize: asInteger(json["uncompressedSize"], 0),
  };
}

function fieldOf(value: unknown): KeyField {
  const json = asObject(value);
  const [name, kind] = [asString(json["name"]), asString(json["kind"])];
  if (!isKind(kind)) throw new JsonShapeError(`a field of the unknown kind ${JSON.stringify(kind)}`);
  checkValue(kind, json);
  // checkValue saw the shape that the kind asks for.
  return keyField(name, kind, json["value"] as never);
}

const valueChecks: { readonly [Kind in KeyKind]: (value: unknown) => unknown } = {
  string: asString,
  digest: asString,
  number: (value) => check(typeof value === "number"),
  boolean: (value) => check(typeof value === "boolean"),
  absent: (value) => check(value === null),
  "string-list": (value) => asArray(value).map(asString),
  "digest-list": (value) => asArray(value).map(asString),
  "pair-list": (value) => asArray(value).map(checkPair),
};

function isKind(text: string): text is KeyKind {
  return Object.hasOwn(valueChecks, text);
}

function checkValue(kind: KeyKind, json: JsonObject): void {
  valueChecks[kind](json["value"]);
}

function checkPair(value: unknown): void {
  const pair = asArray(value).map(asString);
  check(pair.length === 2);
}

function check(isRight: boolean): void {
  if (!isRight) throw new JsonShapeError("a field whose value does not fit its kind");
}
