/** Work that mostly needs no waiting: it runs synchronously, and yields a promise only where one comes up.
 *
 * An async function costs a promise a call, which for 100,000 files of two or three calls each is a good part of
 * the time that is not compression. */
export type Steps<Result> = Generator<Promise<unknown>, Result, unknown>;

/** Runs steps to their end. A rejected promise is thrown where it was yielded. */
export async function runSteps<Result>(steps: Steps<Result>): Promise<Result> {
  let step = steps.next();
  while (step.done !== true) {
    const settled = await outcome(step.value);
    step = settled.ok ? steps.next(settled.value) : steps.throw(settled.error);
  }
  return step.value;
}

/** A value that may have to be waited for. */
export function* settle<Value>(value: Value | Promise<Value>): Steps<Value> {
  return value instanceof Promise ? ((yield value) as Value) : value;
}

type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

async function outcome(promise: Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, value: await promise };
  } catch (error) {
    return { ok: false, error };
  }
}
