/** What a process should exit with: 1 the user's input, 2 usage, 3 environment, 4 a bug of ours. */
export type ExitCode = 1 | 2 | 3 | 4;

/** JSON-safe facts about one failure. */
export type ErrorData = { readonly [name: string]: unknown };

/** What is told when an error is made. `message` states what failed, on what, expected against found;
 * advice is one imperative sentence in `hint`. */
export interface ErrorReport<Data extends ErrorData> {
  readonly message: string;
  readonly data: Data;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Shared by all copies of this package in one process, so that they recognise each other's errors. */
const brand = Symbol.for("oci-build.error");

/** The one error class of all packages. `code` is stable API; messages are not. */
export class OciBuildError<Code extends string = string, Data extends ErrorData = ErrorData> extends Error {
  override readonly name = "OciBuildError";
  readonly code: Code;
  readonly exitCode: ExitCode;
  readonly data: Data;
  readonly hint: string | undefined;

  constructor(code: Code, exitCode: ExitCode, report: ErrorReport<Data>) {
    super(report.message, report.cause === undefined ? undefined : { cause: report.cause });
    this.code = code;
    this.exitCode = exitCode;
    this.data = report.data;
    this.hint = report.hint;
  }

  /** Code, message, hint, data and the code of the cause; nothing that JSON cannot hold. */
  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      data: this.data,
      cause: causeCode(this.cause),
    };
  }
}

Object.defineProperty(OciBuildError.prototype, brand, { value: true });

/** True for an OciBuildError of any copy of this package, and of the given code when one is given. */
export function isOciBuildError<Code extends string = string>(
  value: unknown,
  code?: Code,
): value is OciBuildError<Code> {
  if (!(value instanceof Error) || !(brand in value)) return false;
  return code === undefined || (value as unknown as OciBuildError).code === code;
}

/** The exit codes of one package's error codes, by code. */
export type ErrorCodes<DataByCode> = { readonly [Code in keyof DataByCode]: ExitCode };

/** Makes an error of one package: the code decides the type of `data`. */
export type ErrorFactory<DataByCode extends { [Code in keyof DataByCode]: ErrorData }> = <
  Code extends keyof DataByCode & string,
>(
  code: Code,
  report: ErrorReport<DataByCode[Code]>,
) => OciBuildError<Code, DataByCode[Code]>;

/** The error factory of a package, from the exit codes of its error codes. */
export function errorFactory<DataByCode extends { [Code in keyof DataByCode]: ErrorData }>(
  codes: ErrorCodes<DataByCode>,
): ErrorFactory<DataByCode> {
  return (code, report) => new OciBuildError(code, codes[code], report);
}

function causeCode(cause: unknown): unknown {
  if (cause === undefined || cause === null) return undefined;
  return (cause as { code?: unknown }).code ?? (cause instanceof Error ? cause.name : typeof cause);
}
