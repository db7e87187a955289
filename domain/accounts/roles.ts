/** Who works where: organisations stand in three levels, and each role belongs to some of them. */

/** 省公司 has 分公司, a 分公司 has 班组. Orders belong to a team; nobody sees another branch's. */
export const ORGANISATION_KINDS = { province: '省公司', branch: '分公司', team: '班组' } as const;
export type OrganisationKind = keyof typeof ORGANISATION_KINDS;

export const ROLES = { installer: '装维', reviewer: '审核', administrator: '管理' } as const;
export type Role = keyof typeof ROLES;

/** The levels at which somebody of a role can be. A role's rights are over the person's own organisation. */
export const HOME_OF_ROLE: Readonly<Record<Role, readonly OrganisationKind[]>> = {
  installer: ['team'],
  reviewer: ['branch'],
  administrator: ['branch', 'province'],
};

/** Which kind stands below which; nothing below a team. */
export const BELOW: Readonly<Record<OrganisationKind, OrganisationKind | null>> = {
  province: 'branch',
  branch: 'team',
  team: null,
};

/** Days a device may go without contact until it asks to sign in again, where no organisation says. */
export const OFFLINE_DAYS = 30;
