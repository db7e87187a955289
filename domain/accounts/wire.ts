import { z } from 'zod';
import { officeKeySchema } from '../sync/wire.ts';
import { ORGANISATION_KINDS, ROLES } from './roles.ts';

/** What a page or device and the service say to each other about people. JSON over HTTP. */

const keys = <K extends string>(table: Readonly<Record<K, unknown>>) =>
  z.enum(Object.keys(table) as [K, ...K[]]);
export const roleSchema = keys(ROLES);
export const organisationKindSchema = keys(ORGANISATION_KINDS);

/** Small and capital letters are the same; no Chinese, so that it can be typed on any keyboard. */
export const usernameSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{2,29}$/);

/** Length is what makes a password strong; a limit keeps hashing it from being an attack. */
export const PASSWORD_LENGTH = { least: 8, most: 128 } as const;
export const passwordSchema = z.string().min(PASSWORD_LENGTH.least).max(PASSWORD_LENGTH.most);

const deviceSchema = {
  device: z.uuidv7(),
  /** What the device calls itself, for people. */
  name: z.string().max(80),
};

/** `POST /enrol`: a device shows a one-time code, and acts for the code's user from then on. 401 `bad-code`. */
export const enrolRequestSchema = z.strictObject({
  code: z.string().min(1).max(64),
  ...deviceSchema,
});

/** `POST /accounts/sign-in`: the same by user name and password. 401 `bad-password`, 429 `too-many`. */
export const signInRequestSchema = z.strictObject({
  username: z.string().min(1).max(60),
  password: z.string().min(1).max(PASSWORD_LENGTH.most),
  ...deviceSchema,
});

/** `GET /accounts/me`: who is signed in. */
export const accountSchema = z.strictObject({
  user: z.uuid(),
  role: roleSchema,
  /** The person's name: the `by` of the device's changes. */
  owner: z.string(),
  /** Where the person works: an installer's team, a reviewer's branch. */
  organisation: z.strictObject({
    id: z.uuid(),
    /** From the province down, such as 样例省公司 / 样例分公司 / 一班. */
    path: z.array(z.string()),
  }),
  /** Days that the device may go without contact before it must sign in again. */
  offlineDays: z.int().positive(),
});
export type Account = z.infer<typeof accountSchema>;

/** What both ways to enrol answer. */
export const enrolAnswerSchema = accountSchema.extend({
  /** What the device shows with every request: `Authorization: Bearer TOKEN`. */
  token: z.string(),
  epoch: z.string(),
  /** What bundles are encrypted to. */
  officeKey: officeKeySchema.optional(),
});
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>;

/** `POST /accounts/password`: a person's own, with the present one. 204; 401 `bad-password`. */
export const passwordRequestSchema = z.strictObject({
  current: z.string().max(PASSWORD_LENGTH.most),
  next: passwordSchema,
});

/** `GET /accounts`: what an administrator looks after. Role `administrator`; all below are 403 for others. */
export const accountsSchema = z.strictObject({
  organisations: z.array(
    z.strictObject({
      id: z.uuid(),
      kind: organisationKindSchema,
      name: z.string(),
      parent: z.uuid().nullable(),
      offlineDays: z.int().nullable(),
    }),
  ),
  users: z.array(
    z.strictObject({
      id: z.uuid(),
      username: z.string(),
      name: z.string(),
      role: roleSchema,
      organisation: z.uuid(),
      active: z.boolean(),
      hasPassword: z.boolean(),
    }),
  ),
  /** Devices that are signed in. */
  sessions: z.array(
    z.strictObject({
      id: z.uuid(),
      user: z.uuid(),
      device: z.uuid(),
      deviceName: z.string(),
      /** ms by the server's clock. */
      signedInAt: z.int(),
      lastContactAt: z.int(),
      /** Whether it must sign in again before it can sync. */
      expired: z.boolean(),
    }),
  ),
  /** All devices that anybody ever signed in on. Moments in ms by the server's clock. */
  devices: z.array(
    z.strictObject({
      id: z.uuid(),
      name: z.string(),
      /** Who signed in last. */
      user: z.uuid(),
      /** Null when nobody is signed in on it. */
      contactAt: z.int().nullable(),
      /** When it was ordered wiped, and when it said that it had done so. */
      wipeOrderedAt: z.int().nullable(),
      wipedAt: z.int().nullable(),
      /** Whether its PIN can be set anew by a code. */
      canUnlock: z.boolean(),
    }),
  ),
});
export type Accounts = z.infer<typeof accountsSchema>;
export type OrganisationRow = Accounts['organisations'][number];
export type UserRow = Accounts['users'][number];
export type SessionRow = Accounts['sessions'][number];
export type DeviceRow = Accounts['devices'][number];

const nameSchema = z.string().trim().min(1).max(60);

/** `POST /accounts/users`: answers `{ id }`. 409 `username-taken`. Without a password: only by code. */
export const newUserSchema = z.strictObject({
  username: usernameSchema,
  name: nameSchema,
  role: roleSchema,
  organisation: z.uuid(),
  password: passwordSchema.optional(),
});

/**
 * `POST /accounts/users/ID`: changes what is given. Another role, team or password and `active: false`
 * end the person's sessions.
 */
export const userChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  role: roleSchema.optional(),
  organisation: z.uuid().optional(),
  active: z.boolean().optional(),
  password: passwordSchema.optional(),
});
export type UserChange = z.infer<typeof userChangeSchema>;

/** `POST /accounts/users/ID/code`: a one-time code with which a device can enrol for the user. */
export const codeAnswerSchema = z.strictObject({ code: z.string() });

/** `POST /accounts/devices/ID/wipe`: at its next contact; `cancelled` takes it back until then. 204. */
export const wipeRequestSchema = z.strictObject({ cancelled: z.boolean() });

const offlineDays = z.int().min(1).max(365).nullable();

/** `POST /accounts/organisations`: one below `parent`; answers `{ id }`. 409 `name-taken`. */
export const newOrganisationSchema = z.strictObject({ parent: z.uuid(), name: nameSchema });

/** `POST /accounts/organisations/ID`: changes what is given. */
export const organisationChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  offlineDays: offlineDays.optional(),
});

export const createdSchema = z.strictObject({ id: z.uuid() });
