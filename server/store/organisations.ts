import { and, eq, isNull, ne } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { BELOW, OFFLINE_DAYS, type OrganisationKind } from '../../domain/accounts/roles.ts';
import type { Home } from '../rights.ts';
import { note } from './audit.ts';
import type { By, Database } from './database.ts';
import { organisations } from './schema.ts';

export type Organisation = typeof organisations.$inferSelect;

/** An organisation with those above it, itself first. */
export type Line = readonly Organisation[];

/** To join an organisation's line into a query that has `organisations`. */
export const above = alias(organisations, 'above');
export const top = alias(organisations, 'top');
export const ofAbove = eq(above.id, organisations.parent);
export const ofTop = eq(top.id, above.parent);
export const lineColumns = { organisations, above, top };

/** The organisation's line; empty when there is none of this id. */
export async function lineOf(db: Database, id: string): Promise<Line> {
  const [found] = await db
    .select(lineColumns)
    .from(organisations)
    .leftJoin(above, ofAbove)
    .leftJoin(top, ofTop)
    .where(eq(organisations.id, id));
  return found ? lineFrom(found) : [];
}

export const lineFrom = (row: {
  readonly organisations: Organisation;
  readonly above: Organisation | null;
  readonly top: Organisation | null;
}): Line => [row.organisations, row.above, row.top].flatMap((one) => one ?? []);

export const homeOf = (line: Line): Home =>
  Object.fromEntries(line.map(({ kind, id }) => [kind, id]));

/** Names from the province down. */
export const pathOf = (line: Line): string[] => line.map(({ name }) => name).reverse();

/** Days a device of the organisation may go without contact: what the nearest one above says. */
export const offlineDaysOf = (line: Line): number =>
  line.find(({ offlineDays }) => offlineDays !== null)?.offlineDays ?? OFFLINE_DAYS;

/** Where the audit trail of an organisation's people is kept: its branch, or its province. */
export const chainOf = (home: Home): string | undefined => home.branch ?? home.province;

export const listOrganisations = (db: Database): Promise<Organisation[]> =>
  db.select().from(organisations).orderBy(organisations.id);

/** Adds one; null when its parent has one of this name. */
export function addOrganisation(
  db: Database,
  { parent, kind, name }: Pick<Organisation, 'parent' | 'kind' | 'name'>,
  { actor, now }: By,
): Promise<string | null> {
  return db.transaction(async (tx) => {
    const [added] = await tx
      .insert(organisations)
      .values({ id: uuidv7(), kind, name, parent })
      .onConflictDoNothing()
      .returning();
    if (!added) return null;
    await note(tx, {
      organisation: chainOf(homeOf(await lineOf(tx, added.id))),
      ...{ at: now, actor, action: 'organisation-added' },
      detail: { id: added.id, parent, kind, name },
    });
    return added.id;
  });
}

/** Changes its name or how long its devices may go without contact; false when the name is taken. */
export function changeOrganisation(
  db: Database,
  id: string,
  change: { readonly name?: string | undefined; readonly offlineDays?: number | null | undefined },
  { actor, now }: By,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [before] = await tx.select().from(organisations).where(eq(organisations.id, id));
    if (!before) throw new Error('no such organisation');
    const { parent } = before;
    const { name = before.name, offlineDays = before.offlineDays } = change;
    const [twin] = await tx
      .select({ id: organisations.id })
      .from(organisations)
      .where(and(below(parent), eq(organisations.name, name), ne(organisations.id, id)));
    if (twin) return false;
    await tx.update(organisations).set({ name, offlineDays }).where(eq(organisations.id, id));
    await note(tx, {
      organisation: chainOf(homeOf(await lineOf(tx, id))),
      ...{ at: now, actor, action: 'organisation-changed' },
      detail: { id, before: { name: before.name, offlineDays: before.offlineDays }, after: change },
    });
    return true;
  });
}

/**
 * The organisation at the end of a path of names (province, branch, team), made where it is missing.
 * For the command line and the demo: the first organisations have nobody to make them.
 */
export async function ensureOrganisation(
  db: Database,
  path: readonly string[],
  by: By,
): Promise<string> {
  let parent: string | null = null;
  let kind: OrganisationKind | null = 'province';
  for (const name of path) {
    if (kind === null) throw new Error('an organisation has three levels');
    const added: string | null = await addOrganisation(db, { parent, kind, name }, by);
    parent = added ?? (await findOrganisation(db, parent, name));
    kind = BELOW[kind];
  }
  if (parent === null) throw new Error('an organisation needs a name');
  return parent;
}

const below = (parent: string | null) =>
  parent === null ? isNull(organisations.parent) : eq(organisations.parent, parent);

async function findOrganisation(db: Database, parent: string | null, name: string) {
  const [found] = await db
    .select({ id: organisations.id })
    .from(organisations)
    .where(and(below(parent), eq(organisations.name, name)));
  return found?.id ?? null;
}
