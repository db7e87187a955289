/** 后台: what arrived at the service. */
export const OfficeScreen = () => null;
