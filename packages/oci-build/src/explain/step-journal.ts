import { keyField, type LoggedStep } from "@oci-build/cache";
import type { Snapshot } from "@oci-build/snapshot";
import type { StepOutcome } from "../events/build-event.js";
import type { Step } from "../plan/step.js";
import { contentKey } from "../solve/look-up-content.js";
import { destinationFacts } from "./destination-facts.js";
import type { PlannedStep } from "./planned-steps.js";
import { inputFields, readsSecret, type StepInputs } from "./step-inputs.js";

/** Writes down what the steps of a build were made of, for the next build to compare with. */
export class StepJournal {
  readonly #steps: readonly PlannedStep[];
  readonly #inputs = new Map<string, StepInputs>();
  readonly #keepsFacts: boolean;

  constructor(steps: readonly PlannedStep[]) {
    this.#steps = steps;
    // A secret in a path would show in the facts of all steps that come after it.
    this.#keepsFacts = !steps.some(({ step }) => readsSecret(step));
  }

  async begins(step: Step, parent: Snapshot): Promise<void> {
    const facts = this.#keepsFacts ? await destinationFacts(step, parent) : undefined;
    this.#inputs.set(step.id, { instruction: step.text, variables: step.variables, facts });
  }

  inputsOf(stepId: string): StepInputs {
    const inputs = this.#inputs.get(stepId);
    if (inputs === undefined) throw new TypeError(`step ${stepId} has not begun`);
    return inputs;
  }

  /** The steps as a log has them, with their layers in one form. `outcomes` are by id. */
  logged(outcomes: ReadonlyMap<string, StepOutcome>, form: string): readonly LoggedStep[] {
    return this.#steps.flatMap(({ id, stage, instruction }) => {
      const outcome = outcomes.get(id);
      return outcome === undefined ? [] : [this.#loggedStep({ id, stage, name: instruction }, outcome, form)];
    });
  }

  #loggedStep(
    named: Pick<LoggedStep, "id" | "stage" | "name">,
    { contentDigest, layer, status }: StepOutcome,
    form: string,
  ): LoggedStep {
    return {
      ...named,
      key: contentKey(contentDigest).digest,
      fields: [
        ...inputFields(this.inputsOf(named.id)),
        keyField("form", "string", form),
        keyField("status", "string", status),
      ],
      contentDigest,
      layers: layer === undefined ? [] : [{ digest: layer.digest, diffId: layer.diffId }],
    };
  }
}
