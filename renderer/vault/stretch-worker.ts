/** argon2id takes a quarter of a second on purpose: here, so that the page goes on drawing. */
import { expose } from 'comlink';
import { argon2id } from 'hash-wasm';
import type { Stretching } from '../../domain/vault/key-file.ts';

const bytesOf = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const stretch = (pin: string, { salt, memory, passes }: Stretching): Promise<Uint8Array> =>
  argon2id({
    password: pin,
    salt: bytesOf(salt),
    memorySize: memory,
    iterations: passes,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  });
export type Stretch = typeof stretch;

expose(stretch);
