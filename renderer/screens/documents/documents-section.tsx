/** 文书: the printable documents, their preview, print and save as. */
export const DocumentsSection = () => null;
