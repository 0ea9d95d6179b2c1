import { type BuildLog, type Cache, hideSecrets, type LoggedStep } from "@oci-build/cache";
import type { Digest, TreeEntry } from "@oci-build/oci";
import type { EarlierLayer } from "./compress-bytes.js";
import { keyDigest, type LookedUp, missReasons } from "./explain-step.js";
import type { ChangedParent } from "./input-reasons.js";
import { matchLogged } from "./match-logged.js";
import type { PlannedStep } from "./planned-steps.js";
import type { StepExplanation } from "./step-explanation.js";
import { inputFields, readInputs, readsSecret, type StepInputs } from "./step-inputs.js";

/** What explaining a build leans on. */
export interface ExplainerContext {
  readonly steps: readonly PlannedStep[];
  /** The last build of the project, if one is known. */
  readonly last: BuildLog | undefined;
  readonly cache: Pick<Cache, "tree" | "tombstone">;
  /** Whether a file of the store with this name was found to be damaged. */
  readonly isDamaged: (hex: string) => boolean;
  /** The import that the record of a key was copied from. */
  readonly importedFrom: (key: Digest) => string | undefined;
}

/** Says of the steps of one build, in their order, why each hits or misses. */
export class StepExplainer {
  readonly #context: ExplainerContext;
  readonly #earlier: ReadonlyMap<string, LoggedStep>;
  readonly #paths: "shown" | "hidden";
  /** Ids of the steps so far whose content is not that of the last build. */
  readonly #changed = new Set<string>();
  readonly #written = new Map<string, Promise<readonly TreeEntry[] | undefined>>();

  constructor(context: ExplainerContext) {
    const { last, steps } = context;
    this.#context = context;
    this.#earlier = matchLogged(last, steps);
    const variables = [
      ...steps.map(({ step }) => step),
      ...(last?.steps ?? []).flatMap(({ fields }) => readInputs(fields) ?? []),
    ];
    this.#paths = variables.some(readsSecret) ? "hidden" : "shown";
  }

  /** A step of which nothing is known before another one is executed. */
  unknown({ id, stage, instruction }: PlannedStep, cause: ChangedParent): StepExplanation {
    this.#changed.add(id);
    const step = { id: cause.id, instruction: cause.instruction };
    const reasons = [{ kind: "after", step }] as const;
    return {
      ...{ id, stage, instruction, destination: undefined, verdict: "unknown" },
      ...{ importedFrom: undefined, key: undefined, reasons },
    };
  }

  async explain(
    { id, stage, instruction, below, step }: PlannedStep,
    inputs: StepInputs,
    looked: LookedUp,
  ): Promise<StepExplanation> {
    const { last, cache, isDamaged, importedFrom } = this.#context;
    const earlier = this.#earlier.get(id);
    let parent = this.#changed.size === 0 ? undefined : below;
    while (parent !== undefined && !this.#changed.has(parent.id)) parent = parent.below;
    const reasons = await missReasons(
      { looked, now: hideInputs(inputs) },
      {
        project: last === undefined ? "new" : "known",
        earlier,
        written: () => this.#writtenBefore(id),
        parent: parent === undefined ? undefined : { id: parent.id, instruction: parent.instruction },
        paths: this.#paths,
        argNames: step.kind === "run" ? step.argNames : new Set(),
        isDamaged,
      },
      cache,
    );
    if (!isAsBefore(looked, earlier)) this.#changed.add(id);
    const verdict = looked.found === "hit" ? "hit" : "miss";
    const destination = inputs.facts?.find(([name]) => name === "destination")?.[1];
    const key = keyDigest(looked);
    const from = verdict === "hit" ? importedFrom(key) : undefined;
    return { id, stage, instruction, destination, verdict, importedFrom: from, key, reasons };
  }

  /** What a step wrote in the last build, and in which form it is kept; undefined where that is not known. */
  async layerBefore(stepId: string): Promise<EarlierLayer | undefined> {
    const form = this.#earlier.get(stepId)?.fields.find(({ name }) => name === "form")?.value;
    const entries = await this.#writtenBefore(stepId);
    return entries === undefined || typeof form !== "string" ? undefined : { entries, form };
  }

  #writtenBefore(stepId: string): Promise<readonly TreeEntry[] | undefined> {
    const known = this.#written.get(stepId);
    if (known !== undefined) return known;
    const reading = this.#readTree(stepId);
    this.#written.set(stepId, reading);
    return reading;
  }

  async #readTree(stepId: string): Promise<readonly TreeEntry[] | undefined> {
    const earlier = this.#earlier.get(stepId);
    if (earlier === undefined) return undefined;
    const [layer] = earlier.layers;
    return layer === undefined ? [] : (await this.#context.cache.tree(layer.diffId))?.entries;
  }
}

/** Whether a step gives what it gave in the last build. That of a RUN that is to be executed nobody knows. */
function isAsBefore(looked: LookedUp, earlier: LoggedStep | undefined): boolean {
  if (looked.kind === "files") return earlier?.contentDigest === looked.contentDigest;
  return looked.found === "hit" && earlier?.key === looked.key.digest;
}

/** The inputs as a log has them, so that the two can be compared. */
function hideInputs(inputs: StepInputs): StepInputs {
  return readInputs(hideSecrets(inputFields(inputs))) ?? inputs;
}
