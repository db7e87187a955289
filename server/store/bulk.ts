import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';

/**
 * Statements for hundreds of rows with one parameter a column. A parameter a value would be thousands
 * of them, and building and binding those takes longer than the database needs for its work.
 */

/** Ids that have been checked, as one parameter. */
export const uuids = (ids: Iterable<string>): SQL => sql`${`{${[...ids].join(',')}}`}::uuid[]`;

/** Texts as one parameter. */
export const texts = (values: readonly string[]): SQL => sql`${arrayOf(values)}::text[]`;

/**
 * The rows of a table with these ids, as `alias`, for a `from`: one look-up for each, whatever the
 * database thinks it knows of the table's size (up to a hundred thousand rows it would read them all).
 */
export const rowsOf = (table: PgTable, ids: Iterable<string>, alias: string): SQL =>
  sql`unnest(${uuids(ids)}) wanted (id) cross join lateral (
    select * from ${table} where id = wanted.id offset 0
  ) ${sql.identifier(alias)}`;

/** `insert into table …` of rows; a conflict clause can follow. */
export function insertRows<T extends PgTable>(table: T, rows: readonly T['$inferSelect'][]): SQL {
  const columns = Object.entries<PgColumn>(getTableColumns(table));
  const names = columns.map(([, column]) => sql.identifier(column.name));
  const arrays: SQL[] = [];
  const selected = columns.map(([key, column], index) => {
    const values = rows.map((row) => {
      const value: unknown = row[key];
      // A null where the column takes none is a JSON null, which has a text.
      return value === null && !column.notNull ? null : column.mapToDriverValue(value);
    });
    const [first] = values;
    const type = sql.raw(column.getSQLType());
    // What is the same in all rows, as device and time mostly are, is sent once.
    if (index > 0 && values.every((value) => value === first)) return sql`${first}::${type}`;
    arrays.push(sql`${arrayOf(values)}::${type}[]`);
    return sql.raw(`c${arrays.length}`);
  });
  const given = arrays.map((_, index) => sql.raw(`c${index + 1}`));
  return sql`insert into ${table} (${sql.join(names, sql`, `)}) select ${sql.join(selected, sql`, `)}
    from unnest(${sql.join(arrays, sql`, `)}) rows (${sql.join(given, sql`, `)})`;
}

/** PostgreSQL's text of an array of numbers, texts and nulls. */
const arrayOf = (values: readonly unknown[]): string => `{${values.map(item).join(',')}}`;

const item = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  if (value === null) return 'NULL';
  const text = String(value);
  // Ids, most names of fields and most tails: nothing in them means anything.
  if (/^[\w-]+$/.test(text) && text.length > 4) return text;
  return `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, '\\$&') : text}"`;
};
