import { randomInt } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { ROLES, type Role } from '../../domain/accounts/roles.ts';
import { roleSchema, usernameSchema } from '../../domain/accounts/wire.ts';
import { verifyAudit } from '../audit/verify.ts';
import { ServiceError } from '../service/errors.ts';
import { type Env, parse, readJson } from '../service/requests.ts';
import { isStorable } from '../service/storable.ts';
import type { Store, User } from '../store/index.ts';
import type { Auth } from './auth.ts';

const name = z.string().trim().min(1).max(60).refine(isStorable);
const path = z.array(name).min(1).max(3);

/** Where the people of a trial are, from the province down. */
export const DEMO_PATH: readonly string[] = ['样例省公司', '样例分公司', '样例一班'];
/** How far down the path each role is. */
const DEPTH: Readonly<Record<Role, number>> = { installer: 3, reviewer: 2, administrator: 2 };
export const demoPath = (role: Role): readonly string[] => DEMO_PATH.slice(0, DEPTH[role]);

const codeRequestSchema = z.union([
  z.strictObject({ username: usernameSchema }),
  z.strictObject({ owner: name, role: roleSchema, organisation: path.optional() }),
]);
const addRequestSchema = z.strictObject({
  username: usernameSchema,
  name,
  role: roleSchema,
  organisation: path,
});
const passwordRequestSchema = z.strictObject({ username: usernameSchema });

/** Letters that cannot be taken for one another when copied from a slip of paper. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const letters = (count: number) =>
  Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** A password to hand over, like `k7qf-3m2x-9trd` (59 random bits). */
export const newPassword = () => [letters(4), letters(4), letters(4)].join('-');

/** What the `onsite` command asks about people, below `/admin`: see `server/service/admin.ts`. */
export function localRoutes({
  store,
  auth,
}: {
  readonly store: Store;
  readonly auth: Auth;
}): Hono<Env> {
  const app = new Hono<Env>();
  const by = () => ({ actor: null, now: Date.now() });

  app.post('/codes', async (c) => {
    const request = parse(codeRequestSchema, await readJson(c));
    const user =
      'username' in request
        ? await store.userByName(request.username)
        : await ensureUser(store, request.owner, request.role, request.organisation);
    if (!user) throw new ServiceError('unknown-account');
    return c.json({ code: await store.createCode(user, by()) });
  });

  app.post('/users', async (c) => {
    const { organisation, ...user } = parse(addRequestSchema, await readJson(c));
    const password = newPassword();
    const added = await store.addUser(
      {
        ...{ ...user, organisation: await store.ensureOrganisation(organisation, by()) },
        passwordHash: await auth.hash(password),
      },
      by(),
    );
    if ('refusal' in added) throw new ServiceError(added.refusal);
    return c.json({ password });
  });

  app.post('/passwords', async (c) => {
    const { username } = parse(passwordRequestSchema, await readJson(c));
    const user = await store.userByName(username);
    if (!user) throw new ServiceError('unknown-account');
    const password = newPassword();
    await store.changeUser(user.id, { passwordHash: await auth.hash(password) }, by());
    return c.json({ password });
  });

  app.post('/audit', async (c) => c.json(await verifyAudit(store.audit)));

  app.post('/people', async (c) => {
    const organisations = await store.listOrganisations();
    const named = new Map<string, string>();
    for (const { id, parent, name } of organisations) {
      named.set(id, [named.get(parent ?? ''), name].flatMap((part) => part ?? []).join('/'));
    }
    const users = await store.usersIn([...named.keys()]);
    return c.json({
      users: users.map(({ username, name, role, organisation, active }) => ({
        ...{ username, name, role: ROLES[role], active },
        organisation: named.get(organisation) ?? '',
      })),
    });
  });

  return app;
}

/** The user of this name and role in an organisation, made without a password when there is none. */
export async function ensureUser(
  store: Store,
  owner: string,
  role: Role,
  path: readonly string[] = demoPath(role),
): Promise<User> {
  const by = { actor: null, now: Date.now() };
  const organisation = await store.ensureOrganisation(path, by);
  const known = (await store.usersIn([organisation])).find(
    (user) => user.name === owner && user.role === role,
  );
  if (known) return known;
  const user = { username: `u-${letters(8)}`, name: owner, role, organisation };
  const added = await store.addUser({ ...user, passwordHash: null }, by);
  if ('refusal' in added) throw new ServiceError(added.refusal);
  const made = await store.userById(added.id);
  if (!made) throw new ServiceError('failed');
  return made;
}
