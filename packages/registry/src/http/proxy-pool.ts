import { type Dispatcher, Pool } from "undici";
import { PROXY_STATUS } from "./unreachable.js";

/** The answer of a proxy that does not let us through. Has a `code`, as errors of connections have. */
class ProxyRefusal extends Error {
  readonly code: string;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.code = PROXY_STATUS + String(status);
  }
}

/** The connections to a proxy. What it answers to CONNECT is an error with its status: undici's own has it in its text
 * alone. */
export class ProxyPool extends Pool {
  override async connect(
    options: Omit<Dispatcher.ConnectOptions, "origin">,
  ): Promise<Dispatcher.ConnectData> {
    const tunnel = await super.connect(options);
    if (tunnel.statusCode === 200) return tunnel;
    tunnel.socket.on("error", () => undefined).destroy();
    throw new ProxyRefusal(tunnel.statusCode);
  }
}
