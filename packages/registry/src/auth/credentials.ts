/** What to log in with. `identityToken` is an OAuth2 refresh token, which stands for the password. */
export type Credential =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "identity-token"; readonly identityToken: string }
  | { readonly kind: "bearer"; readonly token: string };

/** Where credentials come from. */
export interface Credentials {
  /** What to log in with at a registry (as in `Reference.registry`), or undefined for nothing. Asked at most once a
   * registry, repository and client, and only when the registry wants to know who asks. `repository` is undefined for
   * what concerns the registry as a whole. */
  find(registry: string, repository?: string): Promise<Credential | undefined>;
}
