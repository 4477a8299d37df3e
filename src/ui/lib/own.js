// Looking things up by a name that somebody else chose.

/**
 * What a table has under a name; not what every object has under names like `constructor`.
 * @template T
 * @param {Record<string, T>} table
 * @param {unknown} name
 * @returns {T | undefined}
 */
export const own = (table, name) => (Object.hasOwn(table, String(name)) ? table[String(name)] : undefined)
