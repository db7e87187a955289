import type { z } from 'zod';
import {
  type Accounts,
  accountsSchema,
  codeAnswerSchema,
  type newUserSchema,
  type organisationChangeSchema,
  type UserChange,
} from '../../domain/accounts/wire.ts';
import type { Http } from './http.ts';

/** People, teams and devices at the service. @throws {ServiceError} from every function */
export interface AccountsClient {
  list(): Promise<Accounts>;
  addUser(user: z.infer<typeof newUserSchema>): Promise<void>;
  changeUser(id: string, change: UserChange): Promise<void>;
  /** A one-time code with which a device can enrol for the user. */
  makeCode(user: string): Promise<string>;
  endSession(id: string): Promise<void>;
  /** Orders a device wiped at its next contact, or takes that back. */
  wipeDevice(id: string, cancelled: boolean): Promise<void>;
  /** A one-time code with which the PIN of a device is set anew. */
  makeUnlockCode(device: string): Promise<string>;
  addOrganisation(parent: string, name: string): Promise<void>;
  changeOrganisation(id: string, change: z.infer<typeof organisationChangeSchema>): Promise<void>;
  /** One's own. */
  changePassword(current: string, next: string): Promise<void>;
  signOut(): Promise<void>;
}

export const createAccounts = (http: () => Promise<Http>): AccountsClient => {
  const post = async (path: string, body: unknown = {}) => (await http()).post(path, body);
  const send = async (path: string, body?: unknown) => {
    await post(path, body);
  };
  const makeCode = async (path: string) => {
    const { read } = await http();
    return (await read(codeAnswerSchema, await post(path))).code;
  };
  return {
    list: async () => {
      const { request, read } = await http();
      return read(accountsSchema, await request('/accounts'));
    },
    addUser: (user) => send('/accounts/users', user),
    changeUser: (id, change) => send(`/accounts/users/${id}`, change),
    makeCode: (user) => makeCode(`/accounts/users/${user}/code`),
    wipeDevice: (id, cancelled) => send(`/accounts/devices/${id}/wipe`, { cancelled }),
    makeUnlockCode: (device) => makeCode(`/accounts/devices/${device}/unlock-code`),
    endSession: (id) => send(`/accounts/sessions/${id}/revoke`),
    addOrganisation: (parent, name) => send('/accounts/organisations', { parent, name }),
    changeOrganisation: (id, change) => send(`/accounts/organisations/${id}`, change),
    changePassword: (current, next) => send('/accounts/password', { current, next }),
    signOut: () => send('/accounts/sign-out'),
  };
};
