import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';

/**
 * Statements for hundreds of rows with one parameter a column. A parameter a value would be thousands
 * of them, and building and binding those takes longer than the database needs for its work.
 */

/** The condition that a column is one of these UUIDs (which have been checked). */
export const isOneOf = (column: PgColumn, ids: Iterable<string>): SQL =>
  sql`${column} = any(${`{${[...ids].join(',')}}`}::uuid[])`;

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
const arrayOf = (values: readonly unknown[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : quoted(String(value)))).join(',')}}`;

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
