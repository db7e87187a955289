/** Letters and digits that cannot be taken for one another when written down or read out. */
const LETTERS = '23456789ACDEFGHJKMNPQRTVWXY';

/** A passphrase like `K7QF-3M2X-9TRD-W4HA`: 76 random bits. */
export const newPassphrase = (): string => {
  const letters: string[] = [];
  while (letters.length < 16) {
    for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
      // Only what divides evenly, so that each letter is as likely as another.
      const letter = byte < 256 - (256 % LETTERS.length) ? LETTERS[byte % LETTERS.length] : '';
      if (letter && letters.length < 16) letters.push(letter);
    }
  }
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-');
};
