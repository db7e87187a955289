/** People of the trial's office, and how they sign in. */
import type { Page } from '@playwright/test';
import type { Role } from '../../domain/accounts/roles.ts';
import { type App, expect, goTo } from './fixtures.ts';
import type { ServiceRig } from './rig/service.ts';

/** Two branches of one province, to stand in for everybody's own and everybody else's. */
export const BRANCH = '样例省公司/样例分公司';
export const OTHER_BRANCH = '样例省公司/邻市分公司';

export interface Person {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  /** From the province down, with slashes. */
  readonly organisation: string;
}

export const INSTALLER: Person = {
  username: 'zhangwei',
  name: '张样例',
  role: 'installer',
  organisation: `${BRANCH}/样例一班`,
};
/** A colleague of the installer's, in the same team. */
export const COLLEAGUE: Person = { ...INSTALLER, username: 'lina', name: '李样例' };
export const REVIEWER: Person = {
  username: 'shenhe',
  name: '王样例',
  role: 'reviewer',
  organisation: BRANCH,
};
export const ADMINISTRATOR: Person = {
  username: 'guanli',
  name: '赵样例',
  role: 'administrator',
  organisation: BRANCH,
};

/** Makes somebody on the service's machine. @returns the password */
export const addPerson = (
  service: ServiceRig,
  { username, name, role, organisation }: Person,
): Promise<string> =>
  service.onsite(
    ...['users', 'add', '--username', username, '--name', name],
    ...['--role', role, '--organisation', organisation],
  );

/** Types user name and password on the sign-in screen. */
export const signIn = async (page: Page, username: string, password: string): Promise<void> => {
  await goTo(page, '#/sign-in');
  await page.getByLabel('用户名').fill(username);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
};

/** Where people of each role begin, told by something that only this screen has. */
const FIRST_SIGHT: Readonly<Record<Role, string>> = {
  installer: '新建工单',
  reviewer: '刷新',
  administrator: '新增人员',
};

/** Makes somebody and signs in as them on a device. */
export const join = async (app: App, service: ServiceRig, person: Person): Promise<void> => {
  await signIn(app.page, person.username, await addPerson(service, person));
  await expect(app.page.getByRole('button', { name: FIRST_SIGHT[person.role] })).toBeVisible();
};
