export const ExtensionSheet = () => null;
