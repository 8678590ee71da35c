// Columns of explorer/scene/columns.py -> objects. What several of them have in common they share: nobody writes to it.

/**
 * @param {any} columns Columns, or objects: few come one by one.
 * @param {object} [defaults] What objects that came one by one may lack.
 * @returns {any[]}
 */
export function objectsOf(columns, defaults) {
  if (Array.isArray(columns)) return defaults ? columns.map((row) => ({ ...defaults, ...row })) : columns;
  const names = Object.keys(columns);
  const count = columnLength(columns[names[0]]);
  const values = names.map((name) => columnValues(columns[name], count));
  const rows = Array(count);
  for (let row = 0; row < count; row += 1) {
    /** @type {any} */
    const made = {};
    for (let at = 0; at < names.length; at += 1) made[names[at]] = values[at][row];
    rows[row] = made;
  }
  return rows;
}

/** @param {any} column The first one. @returns {number} */
function columnLength(column) {
  return (Array.isArray(column) ? column : (column.at ?? column.lengths)).length;
}

/** @param {any} column @param {number} count @returns {any[]} The value of each object. */
function columnValues(column, count) {
  if (Array.isArray(column)) return column;
  if (column.at) return column.at.map((/** @type {number} */ at) => column.values[at]);
  if (!column.lengths) return Array(count).fill(column.all);
  const rows = objectsOf(column.rows);
  let end = 0;
  return column.lengths.map((/** @type {number} */ length) => rows.slice(end, (end += length)));
}
