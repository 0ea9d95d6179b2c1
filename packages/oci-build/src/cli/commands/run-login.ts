import { createRegistryClient, type SavedLogin, saveLogin } from "@oci-build/registry";
import { Command, Option } from "commander";
import { registrySettingsBy } from "../../base/open-registries.js";
import { buildError } from "../../errors.js";
import { registryChoices } from "../../options/registry-choices.js";
import { paint } from "../paint.js";
import { withRegistryFlags } from "../registry-flags.js";
import { type RegistryFlags, registryOptions } from "../registry-options.js";
import { safeText } from "../safe-text.js";
import { type CliProcess, textStyle } from "../terminal.js";
import { readPassword } from "./read-password.js";
import { readUsage } from "./read-usage.js";
import { registryOperand } from "./registry-operand.js";
import { reportFailure } from "./report-failure.js";

interface LoginFlags extends Pick<RegistryFlags, "insecureRegistry" | "registryCa"> {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly passwordStdin?: true | undefined;
}

/** `oci-build login -u USER --password-stdin [REGISTRY]`: tries a login and keeps it where Docker does. */
export async function runLogin(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage<LoginFlags>(declare(), args, process);
  if (!usage.ok) return usage.exitCode;
  const { options, operands } = usage;
  return reportFailure(() => logIn(operands[0], options, process), process);
}

function declare(): Command {
  const command = new Command("oci-build login")
    .usage("-u USER --password-stdin [REGISTRY]")
    .description("Logs in to a registry (default: docker.io) and keeps the login where Docker keeps it.")
    .argument("[REGISTRY]")
    .addOption(new Option("-u, --username <name>", "who logs in"))
    .addOption(new Option("--password-stdin", "read the password, or a token, from standard input"))
    .addOption(new Option("-p, --password <password>").hideHelp());
  return withRegistryFlags(command, "no mirrors").allowExcessArguments(false);
}

async function logIn(operand: string | undefined, flags: LoginFlags, process: CliProcess): Promise<number> {
  const registry = registryOperand(operand);
  const username = checkedUsername(flags);
  const password = await readPassword(process.stdin);
  await tryLogin({ registry, username, password }, flags, process);
  const saved = await saveLogin({ registry, username, password }, { env: process.env });
  process.stdout.write("Login Succeeded\n");
  tellWhere(saved, process);
  return 0;
}

/** @throws OciBuildError OPTION_INVALID for flags that do not say who logs in, or say the password to everybody */
function checkedUsername({ username, password, passwordStdin }: LoginFlags): string {
  const hint = "Write the password to standard input: oci-build login -u USER --password-stdin REGISTRY.";
  const refuse = (option: string, problem: string): Error =>
    buildError("OPTION_INVALID", { message: `${option}: ${problem}`, data: { option, value: "" }, hint });
  if (password !== undefined) {
    throw refuse("--password", "a password on the command line can be seen by every user of the machine");
  }
  if (passwordStdin === undefined)
    throw refuse("--password-stdin", "missing; there is no other way to log in");
  if (username === undefined || username === "") throw refuse("--username", "missing");
  if (/[:\p{Cc}]/u.test(username))
    throw refuse("--username", "a name has no colon and no control characters");
  return username;
}

interface Login {
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

async function tryLogin(
  { registry, username, password }: Login,
  { insecureRegistry, registryCa }: LoginFlags,
  process: CliProcess,
): Promise<void> {
  // What the configuration file of a folder says decides nothing about where a password goes.
  const choices = registryChoices(registryOptions({ insecureRegistry, registryCa }), []);
  await using client = createRegistryClient({
    credentials: {
      find: async (asked) => (asked === registry ? { kind: "basic", username, password } : undefined),
    },
    settings: registrySettingsBy(choices),
    env: process.env,
    onWarning: ({ code, message }) => tell("warning", `${message} [${code}]`, process),
  });
  await client.checkLogin(registry);
}

function tellWhere({ kept, where }: SavedLogin, process: CliProcess): void {
  if (kept === "helper") return;
  tell("warning", `the password is kept in ${where}, private to you but not encrypted`, process);
}

function tell(word: "warning", text: string, { stderr, env }: CliProcess): void {
  stderr.write(`${paint(word, "yellow", textStyle(stderr, env))}: ${safeText(text)}\n`);
}
