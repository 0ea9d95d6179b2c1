import { parseChmod } from "@oci-build/dockerfile";
import { compilePatterns, type Snapshot } from "@oci-build/snapshot";
import type { CopyRequest } from "../../src/copy/copy-request.js";
import { Scratch } from "../../src/copy/scratch.js";
import type { CopyStep } from "../../src/plan/step.js";

const nowhere = { offset: 0, line: 1, column: 1 };

/** A COPY in short. */
export interface ShortCopy {
  readonly sources: readonly string[];
  readonly to: string;
  readonly step?: Partial<CopyStep>;
  readonly request?: Partial<CopyRequest>;
  readonly chmod?: string;
  readonly exclude?: readonly string[];
}

/** The request of a COPY from the context. */
export function copyRequest(
  source: Snapshot,
  { sources, to, step, request, chmod, exclude }: ShortCopy,
): CopyRequest {
  const parsed = chmod === undefined ? undefined : parseChmod(chmod);
  if (parsed?.ok === false) throw new Error(parsed.message);
  return {
    step: {
      kind: "copy",
      id: "0.1",
      name: "[1/1] COPY",
      stageIndex: 0,
      span: { start: nowhere, end: nowhere },
      instruction: "COPY",
      text: "COPY",
      variables: [],
      origin: { kind: "context" },
      sources: sources.map((path) => ({ path, span: { start: nowhere, end: nowhere } })),
      inlineFiles: [],
      destination: to,
      chown: undefined,
      chmod,
      exclude: [],
      parents: "drop",
      archives: "copy",
      base: "parent",
      ...step,
    },
    source: { kind: "context", snapshot: source },
    owner: undefined,
    chmod: parsed,
    exclude: exclude === undefined ? undefined : compilePatterns(exclude),
    signal: undefined,
    scratch: new Scratch(),
    ...request,
  };
}
