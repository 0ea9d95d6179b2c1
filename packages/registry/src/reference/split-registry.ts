/** The registry that a name without one means. */
export const DOCKER_HUB = "docker.io";

/** Where Docker Hub keeps the images whose familiar name is one word. */
export const OFFICIAL_NAMESPACE = "library/";

/** What Docker Hub was once called; references still spell it. */
const DOCKER_HUB_LEGACY = "index.docker.io";

/** Parts a reference into its registry and the rest, as Docker does: the first component is a registry when it is
 * `localhost`, has a dot, a colon or an upper-case letter; otherwise the whole is a path on Docker Hub. */
export function splitRegistry(text: string): { readonly registry: string; readonly remainder: string } {
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  if (!isRegistry(first)) return onDockerHub(text);
  const remainder = text.slice(slash + 1);
  return first === DOCKER_HUB || first === DOCKER_HUB_LEGACY
    ? onDockerHub(remainder)
    : { registry: first, remainder };
}

function onDockerHub(path: string): { readonly registry: string; readonly remainder: string } {
  return { registry: DOCKER_HUB, remainder: path.includes("/") ? path : `${OFFICIAL_NAMESPACE}${path}` };
}

function isRegistry(component: string): boolean {
  return component === "localhost" || /[.:]/.test(component) || component.toLowerCase() !== component;
}
