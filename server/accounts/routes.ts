import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { BELOW } from '../../domain/accounts/roles.ts';
import {
  type Account,
  type Accounts,
  type EnrolAnswer,
  enrolRequestSchema,
  newOrganisationSchema,
  newUserSchema,
  organisationChangeSchema,
  passwordRequestSchema,
  signInRequestSchema,
  userChangeSchema,
  wipeRequestSchema,
} from '../../domain/accounts/wire.ts';
import { addressOf } from '../service/address.ts';
import { ServiceError } from '../service/errors.ts';
import {
  type Env,
  limit,
  parse,
  readJson,
  SMALL_BODY,
  scopeFor,
  signedIn,
} from '../service/requests.ts';
import { isStorable } from '../service/storable.ts';
import { ATTEMPTS, addressKey, personKey } from '../store/attempts.ts';
import type { DeviceEntry, Organisation, Store, User } from '../store/index.ts';
import { type Enrolled, isEnrolled } from '../store/index.ts';
import type { Auth } from './auth.ts';

export interface AccountParts {
  readonly store: Store;
  readonly auth: Auth;
  /** Whether a proxy in front of the service says where requests come from. */
  readonly trustProxy: boolean;
}

const uuid = z.uuid().lowercase();

/** Signing in and out, and what administrators do; `domain/accounts/wire.ts` says what is sent. */
export function accountRoutes({ store, auth, trustProxy }: AccountParts): Hono<Env> {
  const app = new Hono<Env>();
  const body = async <T extends object>(c: Context<Env>, schema: z.ZodType<T>): Promise<T> => {
    const read = parse(schema, await readJson(c));
    const texts = Object.values(read).filter((value) => typeof value === 'string');
    if (!texts.every(isStorable)) throw new ServiceError('bad-request');
    return read;
  };
  const answer = ({ token, user, path, offlineDays }: Enrolled): EnrolAnswer => ({
    ...{ token, user: user.id, role: user.role, owner: user.name },
    organisation: { id: user.organisation, path: [...path] },
    ...{ offlineDays, epoch: store.epoch, officeKey: store.officeKey().publicKey },
  });

  /** Counts before the password is checked, so that many guesses at one moment cannot all pass. */
  const countAsPerson = async (key: string, now: number) => {
    const count = await store.countAttempt({ key, now });
    if (count > ATTEMPTS.asPerson) throw new ServiceError('too-many');
  };

  app.use('/enrol', limit(SMALL_BODY));
  app.use('/accounts/*', limit(SMALL_BODY));

  app.post('/enrol', async (c) => {
    const { code, device, name } = await body(c, enrolRequestSchema);
    const [address, now] = [addressOf(c, trustProxy), Date.now()];
    if (await store.hasFailedTooOften({ address, now })) throw new ServiceError('too-many');
    const given = await store.enrolByCode(code, { device, name, address, now });
    if (isEnrolled(given)) return c.json(answer(given));
    if (given !== 'unknown') throw new ServiceError(given);
    await store.countAttempt({ key: addressKey(address), now });
    await store.noteFailedSignIn({ username: null, address, now });
    throw new ServiceError('bad-code');
  });

  app.post('/accounts/sign-in', async (c) => {
    const { username, password, device, name } = await body(c, signInRequestSchema);
    const [address, now] = [addressOf(c, trustProxy), Date.now()];
    if (await store.hasFailedTooOften({ address, now })) throw new ServiceError('too-many');
    const key = personKey(username);
    await countAsPerson(key, now);
    const opened = await auth.signIn(username, password);
    const given = opened ? await store.enrolBySignIn(opened, { device, name, address, now }) : null;
    if (given === null || given === 'unknown') {
      await store.countAttempt({ key: addressKey(address), now });
      await store.noteFailedSignIn({ username, address, now });
      throw new ServiceError('bad-password');
    }
    await store.forgetAttempts(key);
    if (!isEnrolled(given)) throw new ServiceError(given);
    return c.json(answer(given));
  });

  app.use('/accounts/*', signedIn(store));
  app.use('/accounts', signedIn(store));

  app.get('/accounts/me', (c) => {
    const { user, role, name, organisation, path, offlineDays } = c.get('sender');
    const where = { id: organisation.id, path: [...path] };
    return c.json({
      ...{ user, role, owner: name, organisation: where, offlineDays },
    } satisfies Account);
  });

  app.post('/accounts/sign-out', async (c) => {
    const { session, user } = c.get('sender');
    await store.endSession(session, 'signed-out', { actor: user, now: Date.now() });
    return c.body(null, 204);
  });

  app.post('/accounts/password', async (c) => {
    const { current, next } = await body(c, passwordRequestSchema);
    const { user, session } = c.get('sender');
    const now = Date.now();
    const key = personKey(user);
    await countAsPerson(key, now);
    const hash = await store.passwordHash(user);
    if (hash === null || !(await auth.verify(hash, current)))
      throw new ServiceError('bad-password');
    await store.forgetAttempts(key);
    const change = { passwordHash: await auth.hash(next), keep: session };
    await store.changeUser(user, change, { actor: user, now });
    return c.body(null, 204);
  });

  /** The administrator's own organisation and all below it, by id, and who is in them. */
  const managed = async (c: Context<Env>) => {
    const scope = scopeFor(c, 'accounts.manage');
    const below = new Map<string, Organisation>();
    // By age, so parents come first.
    for (const one of await store.listOrganisations()) {
      if (one.id === scope.id || below.has(one.parent ?? '')) below.set(one.id, one);
    }
    return {
      below,
      organisation(id: string): Organisation {
        const found = below.get(id);
        if (!found) throw new ServiceError('unknown-account');
        return found;
      },
      async user(id: string): Promise<User> {
        const found = await store.userById(parse(uuid, id, 'unknown-account'));
        if (!found || !below.has(found.organisation)) throw new ServiceError('unknown-account');
        return found;
      },
      by: { actor: c.get('sender').user, now: Date.now() },
    };
  };

  app.get('/accounts', async (c) => {
    const { below, by } = await managed(c);
    const users = await store.usersIn([...below.keys()]);
    const ids = users.map(({ id }) => id);
    return c.json({
      organisations: [...below.values()],
      users: users.map(({ id, username, name, role, organisation, active, hasPassword }) => ({
        ...{ id, username, name, role, organisation, active, hasPassword },
      })),
      sessions: await store.sessionsOf(ids, by.now),
      devices: (await store.listDevices([...below.keys()])).map(
        ({ id, name, user, contactAt, wipeOrderedAt, wipedAt, canUnlock }) => ({
          ...{ id, name, user, contactAt, wipeOrderedAt, wipedAt, canUnlock },
        }),
      ),
    } satisfies Accounts);
  });

  app.post('/accounts/users', async (c) => {
    const { by, organisation } = await managed(c);
    const { password, ...user } = await body(c, newUserSchema);
    organisation(user.organisation);
    const passwordHash = password === undefined ? null : await auth.hash(password);
    const added = await store.addUser({ ...user, passwordHash }, by);
    if ('refusal' in added) throw new ServiceError(added.refusal);
    return c.json(added, 201);
  });

  app.post('/accounts/users/:id', async (c) => {
    const { by, organisation, user } = await managed(c);
    const { id } = await user(c.req.param('id'));
    const { password, ...change } = await body(c, userChangeSchema);
    if (change.organisation !== undefined) organisation(change.organisation);
    const { role, organisation: moved, active } = change;
    // Whoever could take rights from himself might leave nobody who can give them back.
    if (id === by.actor && [role, moved, active].some((given) => given !== undefined)) {
      throw new ServiceError('own-account');
    }
    const passwordHash = password === undefined ? undefined : await auth.hash(password);
    const refusal = await store.changeUser(id, { ...change, passwordHash }, by);
    if (refusal) throw new ServiceError(refusal);
    return c.body(null, 204);
  });

  app.post('/accounts/users/:id/code', async (c) => {
    const { by, user } = await managed(c);
    return c.json({ code: await store.createCode(await user(c.req.param('id')), by) }, 201);
  });

  app.post('/accounts/sessions/:id/revoke', async (c) => {
    const { by, below } = await managed(c);
    const id = parse(uuid, c.req.param('id'), 'unknown-account');
    const owner = await store.userOfSession(id);
    if (!owner || !below.has(owner.organisation)) throw new ServiceError('unknown-account');
    await store.endSession(id, 'session-revoked', by);
    return c.body(null, 204);
  });

  /** A device of the administrator's own organisation or below it. */
  const managedDevice = async (c: Context<Env>): Promise<DeviceEntry> => {
    const { below } = await managed(c);
    const device = parse(uuid, c.req.param('id'), 'unknown-account');
    const [found] = await store.findDevices({ device });
    if (!found || !below.has(found.organisation)) throw new ServiceError('unknown-account');
    return found;
  };
  const byMe = (c: Context<Env>) => ({ actor: c.get('sender').user, now: Date.now() });

  app.post('/accounts/devices/:id/wipe', async (c) => {
    const { id } = await managedDevice(c);
    const { cancelled } = await body(c, wipeRequestSchema);
    await store.orderWipe(id, cancelled, byMe(c));
    return c.body(null, 204);
  });

  app.post('/accounts/devices/:id/unlock-code', async (c) => {
    const device = await managedDevice(c);
    if (!device.canUnlock) throw new ServiceError('no-escrow');
    return c.json({ code: await store.createUnlockCode(device, byMe(c)) }, 201);
  });

  app.post('/accounts/organisations', async (c) => {
    const { by, organisation } = await managed(c);
    const { parent, name } = await body(c, newOrganisationSchema);
    const kind = BELOW[organisation(parent).kind];
    if (!kind) throw new ServiceError('wrong-level');
    const id = await store.addOrganisation({ parent, kind, name }, by);
    if (id === null) throw new ServiceError('name-taken');
    return c.json({ id }, 201);
  });

  app.post('/accounts/organisations/:id', async (c) => {
    const { by, organisation } = await managed(c);
    const { id } = organisation(c.req.param('id'));
    const change = await body(c, organisationChangeSchema);
    if (!(await store.changeOrganisation(id, change, by))) throw new ServiceError('name-taken');
    return c.body(null, 204);
  });

  return app;
}
