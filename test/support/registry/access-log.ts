/** One request as a registry's access log tells it. */
export interface LoggedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  /** Of the answer's body. */
  readonly bytes: number;
}

const apacheLine = /^\S+ \S+ \S+ \[[^\]]+\] "([A-Z]+) (\S+) HTTP\/[\d.]+" (\d{3}) (\d+)/;

/** A line of Apache's common log form; undefined for any other line. */
export function parseAccessLine(line: string): LoggedRequest | undefined {
  const [, method, path, status, bytes] = apacheLine.exec(line) ?? [];
  if (method === undefined || path === undefined) return undefined;
  return { method, path, status: Number(status), bytes: Number(bytes) };
}

const digestInPath = /sha256:[0-9a-f]{64}/;
const uploadId = /\/blobs\/uploads\/[0-9a-f-]{36}/;

/** Requests as lines without what differs from run to run: `PUT /v2/app/blobs/uploads/ID 201`. Digests are cut to what
 * `names` calls them, else to `DIGEST`; queries are left out but for `mount`. */
export function requestLines(
  requests: readonly LoggedRequest[],
  names: Readonly<Record<string, string>> = {},
): readonly string[] {
  return requests.map(({ method, path, status }) => {
    const [place = "", query = ""] = path.split("?");
    const kept = new URLSearchParams(query).has("mount") ? "?mount" : "";
    const named = place
      .replace(digestInPath, (digest) => names[digest] ?? "DIGEST")
      .replace(uploadId, "/blobs/uploads/ID");
    return `${method} ${named}${kept} ${status}`;
  });
}

/** What a request does to a registry. */
export const WRITES: ReadonlySet<string> = new Set(["PUT", "POST", "PATCH", "DELETE"]);

export const isBlobRead = ({ method, path }: LoggedRequest): boolean =>
  method === "GET" && /\/blobs\/sha256:/.test(path);
