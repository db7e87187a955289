/**
 * How the rows of one table lie in the database:
 *
 *     { …key and index fields, sealed: nonce | ciphertext | tag }
 *
 * where the ciphertext is the whole row as JSON, bound to its table and primary key.
 */
import { DamagedError } from '../../domain/vault/cipher.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import { decryptLarge, encryptLarge } from './large-cipher.ts';
import { DamagedRowError } from './reasons.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface SealedRow extends Row {
  readonly sealed: Uint8Array;
}

/** What of a table's rows may be read without the key: the values of its indexes. */
export type ClearFields = (row: Row) => Row;

/** How many rows of a table are remembered. */
const RECENT = 50;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const isSealed = (row: unknown): row is SealedRow =>
  typeof row === 'object' && row !== null && 'sealed' in row && row.sealed instanceof Uint8Array;

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** A row as it was known; the database may have another by now. */
export interface Recalled<T> {
  /** A copy. */
  readonly row: T;
  /** Whether what the database has is this row. */
  isStill(stored: unknown): boolean;
}

export interface RowCipher {
  seal(row: Row): SealedRow;
  /** @throws {DamagedRowError} */
  open(stored: unknown): unknown;
  /** The same by the browser's own cipher, for many rows. */
  sealLater(row: Row): Promise<SealedRow>;
  openLater(stored: unknown): Promise<unknown>;
  /** What this window sealed or opened last under a primary key, if it remembers. */
  recall<T>(key: string): Recalled<T> | undefined;
}

/**
 * @param table its name
 * @param key its primary key's field
 */
export const createRowCipher = (
  table: string,
  key: string,
  keys: Keys,
  clear: ClearFields,
): RowCipher => {
  const cipher = keys.cipher('store');
  const dataKey = keys.key('store');
  const placeOf = (primaryKey: unknown) => `${table}/${primaryKey}`;

  /**
   * The rows that were encrypted or decrypted last, so that typing need not decrypt again and again
   * what it wrote itself: the same message says the same, whoever put it there.
   */
  const recent = new Map<string, { readonly sealed: Uint8Array; readonly plain: string }>();
  const remember = (place: string, sealed: Uint8Array, plain: string): void => {
    recent.delete(place);
    recent.set(place, { sealed, plain });
    const [oldest] = recent.keys();
    if (recent.size > RECENT && oldest !== undefined) recent.delete(oldest);
  };

  const sealedRow = (row: Row, sealed: Uint8Array): SealedRow => ({
    ...clear(row),
    [key]: row[key],
    sealed,
  });
  const messageOf = (stored: unknown): { readonly place: string; readonly sealed: Uint8Array } => {
    const isObject = typeof stored === 'object' && stored !== null;
    const place = placeOf(isObject ? Reflect.get(stored, key) : '?');
    if (!isSealed(stored)) throw new DamagedRowError(place);
    return { place, sealed: stored.sealed };
  };
  const damaged = (place: string, cause: unknown): unknown =>
    cause instanceof DamagedError ? new DamagedRowError(place, { cause }) : cause;

  return {
    seal: (row) => {
      const [place, plain] = [placeOf(row[key]), JSON.stringify(row)];
      const sealed = cipher.encrypt(encoder.encode(plain), place);
      remember(place, sealed, plain);
      return sealedRow(row, sealed);
    },
    open: (stored) => {
      if (stored === undefined) return undefined;
      const { place, sealed } = messageOf(stored);
      try {
        const known = recent.get(place);
        const isKnown = known && same(known.sealed, sealed);
        const plain = isKnown ? known.plain : decoder.decode(cipher.decrypt(sealed, place));
        if (!isKnown) remember(place, sealed, plain);
        return JSON.parse(plain);
      } catch (cause) {
        throw damaged(place, cause);
      }
    },
    sealLater: async (row) => {
      const [place, plain] = [placeOf(row[key]), JSON.stringify(row)];
      const sealed = await encryptLarge(dataKey, encoder.encode(plain), place);
      remember(place, sealed, plain);
      return sealedRow(row, sealed);
    },
    openLater: async (stored) => {
      if (stored === undefined) return undefined;
      const { place, sealed } = messageOf(stored);
      try {
        return JSON.parse(decoder.decode(await decryptLarge(dataKey, sealed, place)));
      } catch (cause) {
        throw damaged(place, cause);
      }
    },
    recall: <T>(primaryKey: string): Recalled<T> | undefined => {
      const known = recent.get(placeOf(primaryKey));
      return (
        known && {
          row: JSON.parse(known.plain),
          isStill: (stored) => isSealed(stored) && same(known.sealed, stored.sealed),
        }
      );
    },
  };
};
