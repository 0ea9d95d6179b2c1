/** What was made for a key, or is being made; what failed is made again when it is asked for again. */
export function once<Key, Value>(
  known: Map<Key, Promise<Value>>,
  key: Key,
  make: () => Promise<Value>,
): Promise<Value> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const making = make();
  known.set(key, making);
  void making.catch(() => known.delete(key));
  return making;
}
