/** 签署: the three signatories and the signing flow. */
export const SigningSection = () => null;
