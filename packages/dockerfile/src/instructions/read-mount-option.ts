import { didYouMean } from "../diagnostics/did-you-mean.js";
import { nearest } from "../diagnostics/nearest.js";
import { quoted } from "../diagnostics/quoted.js";
import type { Report } from "../diagnostics/report.js";
import { parseBoolean } from "../values/parse-boolean.js";
import { parseByteSize } from "../values/parse-byte-size.js";
import type { MountOption, Word } from "./instruction.js";
import { type MountDraft, mountSharings, mountTypes } from "./mount-draft.js";

/** One option with its value after expansion. */
export interface OptionInput {
  readonly option: MountOption;
  /** Lower case. */
  readonly key: string;
  readonly value: Word | undefined;
  readonly draft: MountDraft;
  readonly report: Report;
}

type ValueInput = OptionInput & { readonly value: Word };

/** What the option changes in the draft; nothing when its value is wrong, which is reported. */
type OptionReader = (input: ValueInput) => Partial<MountDraft>;

const maxUint32 = 2 ** 32 - 1;

const readers: ReadonlyMap<string, OptionReader> = new Map<string, OptionReader>([
  ["type", readType],
  ["from", ({ value }) => ({ from: value })],
  ["source", readSource],
  ["src", readSource],
  ["target", readTarget],
  ["dst", readTarget],
  ["destination", readTarget],
  ["id", ({ value }) => ({ id: value })],
  ["env", ({ value }) => ({ env: value })],
  ["readonly", readReadOnly],
  ["ro", readReadOnly],
  ["readwrite", readReadWrite],
  ["rw", readReadWrite],
  ["required", readRequired],
  ["sharing", readSharing],
  ["size", readSize],
  ["mode", (input) => ({ mode: readNumber(input, 8) })],
  ["uid", (input) => ({ uid: readNumber(input, 10) })],
  ["gid", (input) => ({ gid: readNumber(input, 10) })],
]);

/** Options that mean `true` when they stand alone. */
const switches: ReadonlySet<OptionReader> = new Set([readReadOnly, readReadWrite, readRequired]);

/** Puts one option into the draft, or reports why not. */
export function readMountOption(input: OptionInput): void {
  const { option, key, draft, report } = input;
  const reader = readers.get(key);
  if (reader === undefined) {
    const close = nearest(key, [...readers.keys()]);
    report({
      rule: "DOCKERFILE_INVALID_MOUNT",
      message: `a mount has no option ${quoted(key)}`,
      span: option.key.span,
      hint: didYouMean(close),
    });
    return;
  }
  const value = input.value ?? (switches.has(reader) ? { text: "true", span: option.key.span } : undefined);
  if (value !== undefined) Object.assign(draft, reader({ ...input, value }));
  else {
    report({
      rule: "DOCKERFILE_INVALID_MOUNT",
      message: `the mount option ${key} has no value`,
      span: option.key.span,
      hint: `Write ${key}=VALUE`,
    });
  }
}

function readType({ value, report }: ValueInput): Partial<MountDraft> {
  const type = mountTypes.find((known) => known === value.text.toLowerCase());
  if (type !== undefined) return { type };
  reportValue({ report, value, expected: mountTypes.join(", "), close: nearest(value.text, mountTypes) });
  return {};
}

function readSharing({ value, report }: ValueInput): Partial<MountDraft> {
  const sharing = mountSharings.find((known) => known === value.text.toLowerCase());
  if (sharing !== undefined) return { sharing };
  const expected = mountSharings.join(", ");
  reportValue({ report, value, expected, close: nearest(value.text, mountSharings) });
  return {};
}

function readSource({ value }: ValueInput): Partial<MountDraft> {
  return { source: value };
}

function readTarget({ value }: ValueInput): Partial<MountDraft> {
  return { target: value };
}

function readReadOnly(input: ValueInput): Partial<MountDraft> {
  return { readOnly: readBoolean(input) };
}

function readReadWrite(input: ValueInput): Partial<MountDraft> {
  const value = readBoolean(input);
  return { readOnly: value === undefined ? undefined : !value };
}

function readRequired(input: ValueInput): Partial<MountDraft> {
  const { type } = input.draft;
  if (type === "secret" || type === "ssh") return { required: readBoolean(input) ?? false };
  reportWrongType(input);
  return {};
}

function readSize(input: ValueInput): Partial<MountDraft> {
  if (input.draft.type !== "tmpfs") {
    reportWrongType(input);
    return {};
  }
  const sizeBytes = parseByteSize(input.value.text);
  if (sizeBytes === undefined) reportValue({ ...input, expected: "a size such as 64m" });
  return { sizeBytes };
}

function readBoolean(input: ValueInput): boolean | undefined {
  const value = parseBoolean(input.value.text);
  if (value === undefined) reportValue({ ...input, expected: "true or false" });
  return value;
}

function readNumber(input: ValueInput, base: 8 | 10): number | undefined {
  const digits = base === 8 ? /^[0-7]+$/ : /^[0-9]+$/;
  const number = digits.test(input.value.text) ? Number.parseInt(input.value.text, base) : Number.NaN;
  if (number <= maxUint32) return number;
  reportValue({ ...input, expected: base === 8 ? "an octal number" : "a number up to 4294967295" });
  return undefined;
}

interface BadValue {
  readonly report: Report;
  readonly value: Word;
  readonly expected: string;
  readonly close?: string | undefined;
}

function reportValue({ report, value, expected, close }: BadValue): void {
  report({
    rule: "DOCKERFILE_INVALID_MOUNT",
    message: `mount option has value ${quoted(value.text)}, expected ${expected}`,
    span: value.span,
    hint: didYouMean(close),
  });
}

/** Options are read in order, and a mount is a bind mount until its type is read. */
function reportWrongType({ key, draft, option, report }: OptionInput): void {
  report({
    rule: "DOCKERFILE_INVALID_MOUNT",
    message: `a ${draft.type} mount has no option ${key}`,
    span: option.key.span,
    hint: draft.type === "bind" ? "Put type= before it" : undefined,
  });
}
