import { removeLogin } from "@oci-build/registry";
import { Command } from "commander";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { readUsage } from "./read-usage.js";
import { registryOperand } from "./registry-operand.js";
import { reportFailure } from "./report-failure.js";

/** `oci-build logout [REGISTRY]`: forgets a login that `oci-build login` or `docker login` kept. */
export async function runLogout(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage(declare(), args, process);
  if (!usage.ok) return usage.exitCode;
  return reportFailure(() => logOut(usage.operands[0], process), process);
}

function declare(): Command {
  return new Command("oci-build logout")
    .usage("[REGISTRY]")
    .description("Forgets the login for a registry (default: docker.io).")
    .argument("[REGISTRY]")
    .allowExcessArguments(false);
}

async function logOut(operand: string | undefined, process: CliProcess): Promise<number> {
  const registry = registryOperand(operand);
  const { outcome, others } = await removeLogin(registry, { env: process.env });
  const told = safeText(registry);
  process.stdout.write(
    outcome === "removed" ? `Removed the login for ${told}\n` : `Not logged in to ${told}\n`,
  );
  if (others === "left") {
    process.stderr.write(`There still are credentials for ${told} that other programs left.\n`);
  }
  return 0;
}
