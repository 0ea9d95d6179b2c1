import { list, mapOf, object } from "../json/container-shape.js";
import { boolean, integer, literal, nullable, type Shape, text } from "../json/shape.js";

/** The forms of the image-spec's documents: the rules of its JSON schemas, and two things they leave open.
 *
 * Differs: the schema asks for at least one layer; an image of metadata alone has none and Docker, containerd and
 * skopeo take it. And where the schema knows other digest algorithms, only `sha256` is a form here.
 * @see https://github.com/opencontainers/image-spec/tree/v1.1.1/schema */

const mediaType: Shape = text(
  /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/,
  "a media type",
);
const digest: Shape = text(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 lower-case hex digits");
const base64: Shape = text(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, "base64");
const uri: Shape = text(/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/, "an absolute URI");

/** @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
const dateTime: Shape = text(
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/,
  "an RFC 3339 date and time",
);
const strings: Shape = list(text());
const annotations: Shape = mapOf(text());
const nameSet: Shape = mapOf(object({}));

const platform: Shape = object({
  required: { architecture: text(), os: text() },
  optional: { "os.version": text(), "os.features": strings, variant: text() },
});

const descriptorMembers = {
  required: { mediaType, digest, size: integer(0) },
  optional: { urls: list(uri), annotations, data: base64, artifactType: mediaType },
};
const descriptor: Shape = object(descriptorMembers);

/** A descriptor as an index has it, with a platform.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/schema/content-descriptor.json */
export const descriptorShape: Shape = object({
  ...descriptorMembers,
  optional: { ...descriptorMembers.optional, platform },
});

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/schema/image-manifest-schema.json */
export const manifestShape: Shape = object({
  required: { schemaVersion: literal(2), config: descriptor, layers: list(descriptor) },
  optional: { mediaType, artifactType: mediaType, subject: descriptor, annotations },
  forbidden: { manifests: "the member of an index", fsLayers: "the member of a schema 1 manifest" },
});

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/schema/image-index-schema.json */
export const indexShape: Shape = object({
  required: { schemaVersion: literal(2), manifests: list(descriptorShape) },
  optional: { mediaType, artifactType: mediaType, subject: descriptor, annotations },
  forbidden: { config: "the member of a manifest", layers: "the member of a manifest" },
});

const healthcheck: Shape = object({
  optional: {
    Test: nullable(strings),
    Interval: integer(0),
    Timeout: integer(0),
    StartPeriod: integer(0),
    StartInterval: integer(0),
    Retries: integer(0),
  },
});

const containerConfig: Shape = object({
  optional: {
    User: text(),
    ExposedPorts: nameSet,
    Env: strings,
    Entrypoint: nullable(strings),
    Cmd: nullable(strings),
    Volumes: nullable(nameSet),
    WorkingDir: text(),
    Labels: nullable(annotations),
    StopSignal: text(),
    StopTimeout: nullable(integer(Number.MIN_SAFE_INTEGER)),
    ArgsEscaped: boolean,
    Healthcheck: nullable(healthcheck),
    OnBuild: nullable(strings),
    Shell: nullable(strings),
  },
});

const historyEntry: Shape = object({
  optional: { created: dateTime, created_by: text(), author: text(), comment: text(), empty_layer: boolean },
});

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/schema/config-schema.json */
export const configShape: Shape = object({
  required: {
    architecture: text(),
    os: text(),
    rootfs: object({ required: { type: literal("layers"), diff_ids: list(digest) } }),
  },
  optional: {
    created: dateTime,
    author: text(),
    variant: text(),
    "os.version": text(),
    "os.features": strings,
    config: containerConfig,
    history: list(historyEntry),
  },
});

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/schema/image-layout-schema.json */
export const layoutFileShape: Shape = object({ required: { imageLayoutVersion: literal("1.0.0") } });

/** `manifest.json` of `docker save`.
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format */
export const dockerManifestShape: Shape = list(
  object({
    required: { Config: text(), Layers: nullable(strings) },
    optional: { RepoTags: nullable(strings) },
  }),
);
