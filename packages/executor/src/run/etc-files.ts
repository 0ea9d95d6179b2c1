import { readFileSync } from "node:fs";
import { systemErrorCode } from "@oci-build/oci";
import type { ExecCommand, ExecMount } from "../executor.js";

const RESOLV_CONF_MAX_BYTES = 64 * 1024;

/** The files that name the host's network to a command, and never get into a layer. */
export function networkFiles(command: ExecCommand, hostname: string): readonly ExecMount[] {
  const resolver = command.network === "none" ? Buffer.alloc(0) : hostResolver();
  return [
    etcFile("/etc/hosts", Buffer.from(hostsText(command.hosts, hostname))),
    etcFile("/etc/resolv.conf", resolver),
  ];
}

/** As BuildKit's, with the same name for this machine. */
function hostsText(hosts: ExecCommand["hosts"], hostname: string): string {
  const lines = [`127.0.0.1\tlocalhost ${hostname}`, "::1\tlocalhost ip6-localhost ip6-loopback"];
  return `${[...lines, ...hosts.map(({ name, address }) => `${address}\t${name}`)].join("\n")}\n`;
}

/** The host's own: a command uses the host's network, where also a resolver on a loopback address answers. */
function hostResolver(): Uint8Array {
  try {
    return readFileSync("/etc/resolv.conf").subarray(0, RESOLV_CONF_MAX_BYTES);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return new Uint8Array();
  }
}

function etcFile(target: string, content: Uint8Array): ExecMount {
  return { kind: "file", target, content, mode: 0o644, uid: 0, gid: 0 };
}
