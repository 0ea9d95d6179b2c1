/** The path of a name in a directory of a tree; without a name, the directory's own. */
export function pathIn(directory: string, name: string): string {
  if (name === "") return directory;
  return directory === "" ? name : `${directory}/${name}`;
}
