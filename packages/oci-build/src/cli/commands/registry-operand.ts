import { isOciBuildError } from "@oci-build/oci";
import { parseReference } from "@oci-build/registry";
import { buildError } from "../../errors.js";
import { safeText } from "../safe-text.js";

const DOCKER_HUB = "docker.io";
/** Other names under which Docker Hub is known. */
const DOCKER_HUB_NAMES: ReadonlySet<string> = new Set(["index.docker.io", "registry-1.docker.io"]);

/** The registry that a command names, as references name it; Docker Hub when there is no name. An address is taken for
 * its host, since Docker takes it.
 * @throws OciBuildError OPTION_INVALID */
export function registryOperand(text: string = DOCKER_HUB): string {
  const name = text.replace(/^https?:\/\//, "").replace(/(?:\/v[12])?\/*$/, "");
  if (DOCKER_HUB_NAMES.has(name)) return DOCKER_HUB;
  if (isRegistry(name)) return name;
  const told = safeText(text);
  throw buildError("OPTION_INVALID", {
    message: `${told}: not the name of a registry`,
    data: { option: "REGISTRY", value: told },
    hint: "Write HOST[:PORT], as it stands before the first / of an image's name.",
  });
}

/** True for what the references of an image can begin with. */
function isRegistry(name: string): boolean {
  try {
    const { registry, repository } = parseReference(`${name}/image`);
    return registry === name && repository.endsWith("image") && !name.includes("/");
  } catch (error) {
    if (!isOciBuildError(error, "REGISTRY_REFERENCE_INVALID")) throw error;
    return false;
  }
}
