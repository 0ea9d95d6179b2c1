import type { IncomingMessage, ServerResponse } from "node:http";
import type { Interceptor } from "./exchange.js";

/** Answers like chance, but the same for the same seed. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** A whole number from 0 to below `below`. */
  roll(below: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * below);
  }
}

/** Whether a request is for a blob, a manifest, an upload. */
export function isFor(request: IncomingMessage, what: "blobs" | "manifests" | "uploads"): boolean {
  const path = request.url ?? "";
  if (what === "uploads") return path.includes("/blobs/uploads/");
  return path.includes(`/${what}/`) && !path.includes("/uploads/");
}

/** Cuts some answers to what reads blobs or manifests, after as many bytes as the dice say. */
export function cuttingAnswers(seed: number): Interceptor {
  const dice = new Dice(seed);
  return (request, response) => {
    if (request.method !== "GET" || isFor(request, "uploads") || dice.roll(3) === 0) return false;
    cutAfter(response, dice.roll(150_000));
    return false;
  };
}

/** Cuts some uploads, after as many bytes as the dice say. */
export function cuttingUploads(seed: number): Interceptor {
  const dice = new Dice(seed);
  return (request) => {
    const isBody = request.method === "PUT" || request.method === "PATCH";
    if (!isBody || !isFor(request, "uploads") || dice.roll(3) === 0) return false;
    const atByte = dice.roll(400_000);
    let seen = 0;
    request.on("data", (chunk: Buffer) => {
      seen += chunk.length;
      if (seen >= atByte) request.socket.destroy();
    });
    request.pause();
    return false;
  };
}

/** Lets so many bytes of an answer's body through, and ends the connection. */
export function cutAfter(response: ServerResponse, bytes: number): void {
  const send = response.end.bind(response);
  response.end = ((chunk?: unknown) => {
    if (!Buffer.isBuffer(chunk) || chunk.length <= bytes) return send(chunk as Buffer);
    response.write(chunk.subarray(0, bytes), () => response.socket?.destroy());
    return response;
  }) as typeof response.end;
}

/** Answers the first so many requests of a kind with a status. */
export function failing(
  what: "blobs" | "manifests" | "uploads",
  { status, times, headers = {} }: FailingOptions,
): Interceptor {
  let left = times;
  return (request, response) => {
    if (!isFor(request, what) || left === 0) return false;
    left--;
    request.resume();
    response.writeHead(status, { "content-length": "0", ...headers }).end();
    return true;
  };
}

interface FailingOptions {
  readonly status: number;
  readonly times: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a body that has no end, and counts what was taken of it. */
export class EndlessBody {
  sentBytes = 0;

  /** Answers what reads blobs or manifests. */
  readonly intercept: Interceptor = (request, response) => {
    if (request.method !== "GET" || !/\/(?:blobs|manifests)\//.test(request.url ?? "")) return false;
    response.writeHead(200, { "content-type": "application/octet-stream" });
    const chunk = Buffer.alloc(64 * 1024);
    const send = (): void => {
      while (!response.destroyed) {
        this.sentBytes += chunk.length;
        if (!response.write(chunk)) {
          response.once("drain", send);
          return;
        }
      }
    };
    send();
    return true;
  };
}

/** Sends a body a byte at a time, and never all of it. */
export function dripping(pauseMs: number): Interceptor {
  return (request, response) => {
    if (!isFor(request, "blobs")) return false;
    response.writeHead(200, { "content-length": "500000" });
    const drop = setInterval(() => response.write("x"), pauseMs);
    response.on("close", () => clearInterval(drop));
    return true;
  };
}
