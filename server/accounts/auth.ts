import { randomBytes } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { username } from 'better-auth/plugins';
import { v7 as uuidv7 } from 'uuid';
import { PASSWORD_LENGTH, usernameSchema } from '../../domain/accounts/wire.ts';
import type { Store } from '../store/index.ts';

/** Passwords and sign-in, by better-auth. What a device may do from then on is `server/store/sessions.ts`. */
export type Auth = ReturnType<typeof createAuth>;

export function createAuth({ signInTables }: Pick<Store, 'signInTables'>) {
  const auth = betterAuth({
    database: signInTables,
    // It would sign cookies and build addresses; we use neither: devices show a token.
    secret: randomBytes(32).toString('base64url'),
    baseURL: 'http://127.0.0.1',
    telemetry: { enabled: false },
    // It logs user names with its warnings.
    logger: { disabled: true },
    advanced: { database: { generateId: () => uuidv7() } },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.least,
      maxPasswordLength: PASSWORD_LENGTH.most,
    },
    // Ours to write: people are added by administrators, never by themselves.
    user: {
      additionalFields: {
        role: { type: 'string', input: false, returned: false },
        organisation: { type: 'string', input: false, returned: false },
      },
    },
    plugins: [
      username({
        displayUsername: false,
        usernameValidator: (name) => usernameSchema.safeParse(name).success,
      }),
    ],
  });
  return {
    /** Checks a password and opens a session; better-auth's token of it, or null when either is wrong. */
    async signIn(name: string, password: string): Promise<string | null> {
      try {
        const body = { username: name.trim(), password };
        return (await auth.api.signInUsername({ body })).token;
      } catch (error) {
        if (error instanceof APIError && error.statusCode < 500) return null;
        throw error;
      }
    },
    verify: async (hash: string, password: string): Promise<boolean> =>
      (await auth.$context).password.verify({ hash, password }),
    /** What is kept of a password. */
    hash: async (password: string): Promise<string> =>
      (await auth.$context).password.hash(password),
  };
}
