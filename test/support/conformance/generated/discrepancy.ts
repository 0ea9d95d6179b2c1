import type { BrokenRule, Outcome } from "./config-fields.js";
import { isSameReason } from "./same-reason.js";

/** One thing in which two builders' results differ. */
export type Discrepancy =
  /** We refuse for this rule what buildah builds. */
  | {
      readonly kind: "only we refuse";
      readonly rule: string;
      readonly line: number;
      readonly message: string;
    }
  | { readonly kind: "only buildah refuses"; readonly message: string }
  | {
      readonly kind: "other reason";
      readonly broken: readonly BrokenRule[];
      readonly message: string;
      readonly buildah: string;
    }
  | {
      readonly kind: "value";
      readonly field: string;
      readonly ours: string | undefined;
      readonly buildah: string | undefined;
    };

/** Everything in which two results differ. */
export function findDiscrepancies(ours: Outcome, buildah: Outcome): readonly Discrepancy[] {
  if (!ours.ok) {
    if (!buildah.ok) return otherReason(ours, buildah);
    return ours.broken.map((broken) => ({ kind: "only we refuse", ...broken, message: ours.message }));
  }
  if (!buildah.ok) return [{ kind: "only buildah refuses", message: buildah.message }];
  const names = new Set([...ours.fields.keys(), ...buildah.fields.keys()]);
  return [...names]
    .map(
      (field) =>
        ({ kind: "value", field, ours: ours.fields.get(field), buildah: buildah.fields.get(field) }) as const,
    )
    .filter((value) => value.ours !== value.buildah);
}

/** Two refusals for different reasons: one of the builders may be wrong, and the other hide it. */
function otherReason({ broken, message }: Refused, buildah: Refused): readonly Discrepancy[] {
  if (broken.some(({ rule }) => isSameReason(rule, buildah.message))) return [];
  return [{ kind: "other reason", broken, message, buildah: buildah.message }];
}

type Refused = Extract<Outcome, { ok: false }>;

/** A discrepancy on one line. */
export function describeDiscrepancy(discrepancy: Discrepancy): string {
  switch (discrepancy.kind) {
    case "only we refuse":
      return `only we refuse: ${discrepancy.rule} in line ${discrepancy.line}: ${discrepancy.message}`;
    case "only buildah refuses":
      return `only buildah refuses: ${discrepancy.message}`;
    case "other reason":
      return `both refuse, we: ${discrepancy.message}, buildah: ${discrepancy.buildah}`;
    case "value":
      return `${discrepancy.field}: ours ${JSON.stringify(discrepancy.ours)}, buildah's ${JSON.stringify(discrepancy.buildah)}`;
  }
}
