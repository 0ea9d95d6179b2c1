/** The description that a comment gives to something: `# NAME text` above it. The last such comment counts.
 * @see https://docs.docker.com/reference/build-checks/invalid-definition-description/ */
export function describedBy(comments: readonly string[], name: string): string | undefined {
  const prefix = `${name.toLowerCase()} `;
  const found = comments.findLast((comment) => comment.trim().toLowerCase().startsWith(prefix));
  return found?.trim().slice(prefix.length).trim();
}
