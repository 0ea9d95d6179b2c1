import type { RegistryRequest, RegistryResponse, Transport } from "../http/transport.js";

/** A transport that is loaded with its first request: who only reads references or logins has no use for an HTTP
 * client, and most builds do no more. */
export class LazyTransport implements Transport {
  readonly #load: () => Promise<Transport>;
  #loaded: Promise<Transport> | undefined;

  constructor(load: () => Promise<Transport>) {
    this.#load = load;
  }

  async request(request: RegistryRequest): Promise<RegistryResponse> {
    this.#loaded ??= this.#load();
    return (await this.#loaded).request(request);
  }

  async close(): Promise<void> {
    await (await this.#loaded)?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
