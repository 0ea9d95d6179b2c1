import { type KeyField, keyField, type LoggedStep } from "@oci-build/cache";
import { type DiffId, type Digest, parseDiffId, parseDigest } from "@oci-build/oci";
import { readRunFields } from "./run-reasons.js";
import { readInputs, type StepInputs } from "./step-inputs.js";

/** Marks what a step was in the build before the one that a log is of. */
const PREFIX = "before ";

/** What a step was one build earlier: enough to say later why it was executed. */
export interface EarlierStep {
  readonly inputs: StepInputs;
  readonly key: Digest;
  readonly diffIds: readonly DiffId[];
  /** The fields of a RUN's key. */
  readonly runFields: readonly KeyField[];
}

/** A step of the build before as further fields of a log. */
export function earlierFields({ fields, key, layers }: LoggedStep): readonly KeyField[] {
  const own = fields.filter(({ name }) => !name.startsWith(PREFIX));
  return [
    ...own.map((field): KeyField => ({ ...field, name: PREFIX + field.name })),
    keyField(`${PREFIX}key`, "digest", key),
    keyField(
      `${PREFIX}layers`,
      "digest-list",
      layers.map(({ diffId }) => diffId),
    ),
  ];
}

/** What `earlierFields` wrote, if it did. */
export function readEarlier(fields: readonly KeyField[]): EarlierStep | undefined {
  const before = fields
    .filter(({ name }) => name.startsWith(PREFIX))
    .map((field): KeyField => ({ ...field, name: field.name.slice(PREFIX.length) }));
  const inputs = readInputs(before);
  const key = before.find(({ name }) => name === "key");
  const layers = before.find(({ name }) => name === "layers");
  if (inputs === undefined || key?.kind !== "digest" || layers?.kind !== "digest-list") return undefined;
  return {
    inputs,
    key: parseDigest(key.value),
    diffIds: layers.value.map(parseDiffId),
    runFields: readRunFields(before),
  };
}
