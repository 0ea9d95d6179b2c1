import { isIPv4 } from "node:net";
import { DOCKER_HUB } from "../reference/split-registry.js";

/** The host that serves what is called `docker.io`. */
const DOCKER_HUB_HOST = "registry-1.docker.io";

/** The host, with its port where it has one, that serves a registry. */
export function registryHost(registry: string): string {
  return registry === DOCKER_HUB ? DOCKER_HUB_HOST : registry;
}

/** True for `localhost`, 127.0.0.0/8 and ::1, with or without a port. */
export function isLoopback(host: string): boolean {
  const name = host
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return name === "localhost" || name === "::1" || (isIPv4(name) && name.startsWith("127."));
}
