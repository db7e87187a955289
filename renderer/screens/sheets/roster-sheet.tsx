export const RosterSheet = () => null;
