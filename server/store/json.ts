/**
 * Rows as the text of JSON, made by the database: one text for thousands of rows. A device's first pull
 * and a full push are made of such rows, and a driver that takes apart each column of each of them
 * takes longer than the database needs to find them. Values are kept as such text already.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** A column of a query's own alias; nothing that came from outside. */
const raw = sql.raw;

/** What a change says, but for its id and place, which go by two names. */
const saidBy = (c: string) => `'","value":', ${c}.value,
  ',"was":', coalesce('"' || ${c}.was || '"', 'null'), ',"settles":' || ${c}.settles,
  ',"time":', ${c}.time, ',"device":"', ${c}.device, '","by":', to_json(${c}."by")`;

/** The columns that `versionText` reads. @param c the alias of `changes` */
export const versionColumns = (c: string): SQL =>
  raw(
    ['id', 'value', 'was', 'settles', 'time', 'device', '"by"', 'place']
      .map((column) => `${c}.${column}`)
      .join(', '),
  );

/** `versionOf` of a change, without braces. @param c the alias of `changes` */
const versionText = (c: string) =>
  `concat('"change":"', ${c}.id, ${saidBy(c)}, ',"order":', ${c}.place)`;

/** A `LoggedChange`. @param c the alias of `changes` */
export const loggedText = (c: string): SQL =>
  raw(`concat('{"seq":', ${c}.seq, ',"record":"', ${c}.record, '","field":"', ${c}.field,
    '","id":"', ${c}.id, ${saidBy(c)}, ',"place":', ${c}.place, '}')`);

/** `stateOf` a field. @param f the alias of `fields` @param c that of the change that won */
export const stateText = (f: string, c: string): SQL =>
  raw(`concat('{"record":"', ${f}.record, '","field":"', ${f}.field, '",', ${versionText(c)},
    ',"seq":', ${f}.at,
    case when ${f}.others <> '[]' then ',"others":' || (
      select concat('[', string_agg(concat('{', ${versionText('o')}, '}'), ',' order by o.seq), ']')
      from changes o where o.seq in (select json_array_elements_text(${f}.others::json)::bigint)
    ) end,
    case when ${f}.past <> '[]' then ',"past":' || ${f}.past end, '}')`);

/** All rows of a query that selects one JSON text as `row`. */
export async function readRows<T>(db: Database, rows: SQL): Promise<T[]> {
  const text = await readText(db, sql`select string_agg(row, ',') as text from (${rows}) rows`);
  return JSON.parse(`[${text ?? ''}]`);
}

const readText = async (db: Database, query: SQL): Promise<string | null> => {
  const [first] = await readColumns<{ text: string | null }>(db, query);
  return first?.text ?? null;
};

/** The rows of a query that is more than the builder says; its columns are texts, as every driver gives them. */
export async function readColumns<T extends Readonly<Record<string, string | null>>>(
  db: Database,
  query: SQL,
): Promise<readonly T[]> {
  const { rows } = (await db.execute(query)) as unknown as { rows: T[] };
  return rows;
}
