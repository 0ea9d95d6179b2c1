import type http from "node:http";

/** What goes wrong with one answer. Sizes in bytes. */
export type Fault =
  /** Answered without asking the registry. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: http.OutgoingHttpHeaders;
      readonly body?: string;
    }
  /** The connection ends after so much of the answer's body. */
  | { readonly kind: "cut"; readonly after: number }
  /** The connection ends when so much of the request's body has arrived; the registry gets none of it. */
  | { readonly kind: "cut-request"; readonly after: number }
  /** The body stands still after so much, and the connection stays. */
  | { readonly kind: "stall"; readonly after: number }
  /** The same, but what has arrived is passed on, as when a line breaks behind a proxy. */
  | { readonly kind: "cut-upload"; readonly after: number }
  /** Other bytes, of which the length is told truly, and changed headers. */
  | {
      readonly kind: "body";
      readonly change: (body: Buffer) => Buffer;
      readonly set?: http.OutgoingHttpHeaders;
    }
  /** The length that is told, whatever is sent. */
  | { readonly kind: "length"; readonly told: number }
  /** The registry's headers, changed; undefined leaves one out. */
  | { readonly kind: "headers"; readonly set: http.OutgoingHttpHeaders }
  /** A body that never ends, without a length. */
  | { readonly kind: "endless"; readonly headers?: http.OutgoingHttpHeaders }
  /** A body that comes one byte at a time. */
  | { readonly kind: "slow"; readonly everyMs: number }
  /** No answer, and the connection stays. */
  | { readonly kind: "silent" }
  /** The registry carries it out, but the answer is lost. */
  | { readonly kind: "lost-answer" };

/** A request as a front sees it. */
export interface FrontRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** How many of this method and path there were before. */
  readonly repeats: number;
}

/** A request with what went over the wire for it, in bodies. */
export interface FrontExchange extends FrontRequest {
  status: number | "cut" | "none";
  receivedBytes: number;
  sentBytes: number;
}
