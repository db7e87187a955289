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

/** `insert into table …` of rows; a conflict clause can follow. */
export function insertRows<T extends PgTable>(table: T, rows: readonly T['$inferSelect'][]): SQL {
  const columns = Object.entries<PgColumn>(getTableColumns(table));
  const names = columns.map(([, column]) => sql.identifier(column.name));
  const arrays = columns.map(([key, column]) => {
    const values = rows.map((row) => {
      const value: unknown = row[key];
      // A null where the column takes none is a JSON null, which has a text.
      return value === null && !column.notNull ? null : column.mapToDriverValue(value);
    });
    return sql`${arrayOf(values)}::${sql.raw(column.getSQLType())}[]`;
  });
  return sql`insert into ${table} (${sql.join(names, sql`, `)})
    select * from unnest(${sql.join(arrays, sql`, `)})`;
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
