/** Adds a value to the list of a key. The first makes a list of its own, since one that grows takes room for a dozen. */
export function addToList<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
