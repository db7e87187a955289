import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Role } from '../../domain/accounts/roles.ts';
import type { Service } from '../service/start.ts';
import { demoPath, newPassword } from './local.ts';

/** A trial: three invented people in an invented organisation, so that everything can be tried at once. */
const PEOPLE: Readonly<Record<Role, { readonly username: string; readonly name: string }>> = {
  installer: { username: 'zhuangwei', name: '样例装维' },
  reviewer: { username: 'shenhe', name: '样例审核' },
  administrator: { username: 'guanli', name: '样例管理' },
};

/** Their passwords, kept beside the trial's data so that every start can print them. */
const passwordsSchema = z.record(z.string(), z.string()).catch({});

/** Makes the people where they are missing, and prints a code and the password of each. */
export async function printDemo({ store, auth }: Service, data: string): Promise<void> {
  const file = join(data, 'demo-passwords.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const passwords = passwordsSchema.parse(JSON.parse(text));
  const by = { actor: null, now: Date.now() };
  for (const role of ['installer', 'reviewer', 'administrator'] as const) {
    const { username, name } = PEOPLE[role];
    const known = await store.userByName(username);
    const password = passwords[username] ?? newPassword();
    if (!known) {
      const organisation = await store.ensureOrganisation(demoPath(role), by);
      const passwordHash = await auth.hash(password);
      await store.addUser({ username, name, role, organisation, passwordHash }, by);
    } else if (!passwords[username]) {
      await store.changeUser(known.id, { passwordHash: await auth.hash(password) }, by);
    }
    passwords[username] = password;
    const user = await store.userByName(username);
    if (user) console.log(`enrolment ${role} ${await store.createCode(user, by)}`);
    console.log(`account ${role} ${username} ${password}`);
  }
  await writeFile(file, JSON.stringify(passwords), { mode: 0o600 });
}
