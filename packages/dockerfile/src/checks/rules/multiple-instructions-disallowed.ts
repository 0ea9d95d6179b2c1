import type { Instruction } from "../../instructions/instruction.js";
import { remember } from "../../remember.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import type { PlacedInstruction } from "../facts/placed-instruction.js";

const singleKinds: ReadonlySet<Instruction["kind"]> = new Set(["cmd", "entrypoint", "healthcheck"]);

/** A stage has one CMD, one ENTRYPOINT and one HEALTHCHECK; those that are overridden are reported. */
export const multipleInstructionsDisallowed: CheckRule = defineRule({
  name: "MultipleInstructionsDisallowed",
  check: (facts, report) => {
    const explain = remember((name) => ({
      message: `this ${name} has no effect, because a later ${name} of the stage replaces it`,
    }));
    for (const { runs } of facts.bases) {
      const last = new Map<Instruction["kind"], PlacedInstruction>();
      for (const placed of runs) {
        const { instruction } = placed;
        if (!singleKinds.has(instruction.kind)) continue;
        const earlier = last.get(instruction.kind);
        last.set(instruction.kind, placed);
        if (earlier === undefined) continue;
        report({
          placed: earlier,
          span: earlier.instruction.keyword.span,
          message: explain(instruction.kind.toUpperCase()).message,
          notes: [{ message: "the later one is here", span: instruction.keyword.span }],
        });
      }
    }
  },
});
