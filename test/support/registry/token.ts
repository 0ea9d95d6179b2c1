import { createSign, randomUUID } from "node:crypto";
import type { Certificate } from "./certificates.js";

/** What a token allows: as in its `access` claim. */
export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

export interface TokenClaims {
  readonly issuer: string;
  readonly service: string;
  readonly user: string;
  readonly access: readonly TokenAccess[];
  /** How long docker-registry takes it. */
  readonly validForSec: number;
}

/** docker-registry takes a token for so long after its `exp`. */
const LEEWAY_SEC = 60;

/** A JSON web token as docker-registry demands it, signed with RS256; its certificate comes with it in `x5c`.
 * @see https://github.com/distribution/distribution/blob/v2.8.2/docs/spec/auth/jwt.md */
export function signToken(claims: TokenClaims, certificate: Certificate): string {
  const now = Math.floor(Date.now() / 1000);
  const der = certificate.cert.replace(/-----[A-Z ]+-----|\s/g, "");
  const header = { typ: "JWT", alg: "RS256", x5c: [der] };
  const body = {
    iss: claims.issuer,
    sub: claims.user,
    aud: claims.service,
    exp: now + claims.validForSec - LEEWAY_SEC,
    nbf: now - LEEWAY_SEC,
    iat: now,
    jti: randomUUID(),
    access: claims.access,
  };
  const signed = [header, body].map((part) => base64url(JSON.stringify(part))).join(".");
  const signature = createSign("RSA-SHA256").update(signed).sign(certificate.key);
  return `${signed}.${signature.toString("base64url")}`;
}

function base64url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
