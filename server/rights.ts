/**
 * Who may do what with which record: the one place that says so. Everything that asks (push, pull,
 * the office's lists, attachments, accounts) asks here, and `test/unit/server/matrix.ts` walks it.
 *
 * A right has two halves. The role says what a person does at all: without it the answer is 403,
 * whatever the record. The person's own organisation says on which records: those of it and below it.
 * Any other record is answered as if it did not exist, 404, so that an id cannot be tried out.
 */
import type { OrganisationKind, Role } from '../domain/accounts/roles.ts';

export type Act =
  /** Orders with their rows, signatures and attachments. */
  | 'order.read'
  | 'order.write'
  /** Take up, pass or return an uploaded order. */
  | 'order.review'
  | 'order.export'
  /** Users, roles, teams, devices of one's own organisation and below. */
  | 'accounts.manage';

const ACTS: Readonly<Record<Role, readonly Act[]>> = {
  // Of the own team: a colleague goes on with an order that somebody began.
  installer: ['order.read', 'order.write'],
  // Of the own branch.
  reviewer: ['order.read', 'order.review', 'order.export'],
  // Whoever gives rights does not read customers' data by them.
  administrator: ['accounts.manage'],
};

/** Somebody who asks: the role, and the organisation that it holds in. */
export interface Actor {
  readonly role: Role;
  readonly organisation: { readonly id: string; readonly kind: OrganisationKind };
}

/** The organisations that a record belongs to: its team, that team's branch, that branch's province. */
export type Home = Readonly<Partial<Record<OrganisationKind, string>>>;

/** All records below one organisation. */
export interface Scope {
  readonly kind: OrganisationKind;
  readonly id: string;
}

/** The records on which somebody may do something; null when the role never may (403). */
export const scopeOf = ({ role, organisation }: Actor, act: Act): Scope | null =>
  ACTS[role].includes(act) ? { kind: organisation.kind, id: organisation.id } : null;

/**
 * The orders for which somebody may bring what other devices made: a file from a device without a
 * network, or from a colleague's backup. It is judged by its authors' rights and read by nobody on the
 * way, so any role may, within the own branch; whoever is in none (a province's administrator) may not.
 */
export const carryScopeOf = ({ home }: { readonly home: Home }): Scope | null =>
  home.branch === undefined ? null : { kind: 'branch', id: home.branch };

/** Whether a record lies in a scope; where it does not, it is not there (404). */
export const within = (scope: Scope, home: Home): boolean => home[scope.kind] === scope.id;
