/**
 * Looks up a name in a table, without inherited names.
 *
 * @param table The values by their names.
 * @param name The name, which may come from a user or a file.
 * @returns Its value, or `undefined` if the table has no such name.
 */
export function ownValue<Value>(
  table: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined {
  return typeof name === "string" && Object.hasOwn(table, name)
    ? table[name]
    : undefined;
}
