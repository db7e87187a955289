import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type OpenBundle, readBundle } from '../../domain/sync/bundle.ts';
import type { BundleOpener } from '../../domain/sync/bundle-key.ts';
import type { Rejection } from '../../domain/sync/change.ts';
import {
  type BundleAnswer,
  type CarriedChange,
  carriedChangeSchema,
  LIMITS,
} from '../../domain/sync/wire.ts';
import { type Scope, within } from '../rights.ts';
import type { Store } from '../store/index.ts';
import { chainOf } from '../store/organisations.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import { authorise, type Bringer, StrangerError } from './carried-changes.ts';
import { ServiceError } from './errors.ts';
import { checkForm } from './push-changes.ts';

export interface BundleImport {
  readonly file: ReadableStream<Uint8Array>;
  readonly passphrase: string | null;
  readonly bringer: Bringer;
  /** The orders for which it may be brought; null: all. */
  readonly scope: Scope | null;
}

/**
 * Takes in a bundle as the pushes that its devices did not get to make. The file is read twice, from
 * a temporary copy that stays encrypted: first to the end, which shows that it is whole, then for its
 * files. All changes come into the log in one transaction, when the files are on the disk.
 *
 * @throws {BundleError} or ServiceError; nothing was taken then
 */
export async function importBundle(
  store: Store,
  files: AttachmentFiles,
  { file, passphrase, bringer, scope }: BundleImport,
): Promise<BundleAnswer> {
  const path = await files.hold(file, LIMITS.bundleBytes);
  try {
    const ring = await store.officeKeyRing();
    const opener: BundleOpener = {
      officeKey: (publicKey) => ring.get(publicKey) ?? null,
      ...(passphrase ? { passphrase } : {}),
    };
    const open = () => readBundle(createReadStream(path), opener);
    const { changes, rejections, named, manifest } = await readAll(await open());
    const carrier = bringer.sender;
    const pushed = await authorise(store, changes, bringer).catch((error: unknown) => {
      throw error instanceof StrangerError ? new ServiceError('stranger') : error;
    });
    const sizes = await keepFiles(await open(), files);
    const before = await store.lastSeq();
    const now = Date.now();
    const { verdicts } =
      pushed.length > 0
        ? await store.push({ changes: pushed, position: null, carrier, scope, now })
        : { verdicts: [] };
    const taken = new Map(
      verdicts.flatMap((each) => ('seq' in each ? [[each.change, each.seq]] : [])),
    );
    rejections.push(...verdicts.flatMap((each) => ('seq' in each ? [] : each)));
    const news = new Set<string>();
    for (const { record, sha256 } of named) {
      const size = sizes.get(sha256);
      const home = size === undefined ? null : await store.homeNaming(record, sha256);
      if (size === undefined || home === null || (scope && !within(scope, home))) continue;
      const { team } = home;
      if (await store.addAttachment({ sha256, team, size, receivedAt: now })) news.add(sha256);
    }
    const answer = {
      orders: manifest.orders,
      changes: changes.length,
      news: [...taken.values()].filter((seq) => seq > before).length,
      attachments: manifest.attachments,
      newAttachments: news.size,
    };
    await store.note({
      organisation: chainOf(carrier?.home ?? {}),
      ...{ at: now, actor: carrier?.user, device: carrier?.device, action: 'imported' },
      detail: { bundle: manifest.id, madeBy: manifest.device, ...answer },
    });
    if (rejections.length > 0) await store.noteRejections(carrier, rejections, now);
    return { ...answer, rejections };
  } finally {
    await rm(path, { force: true });
  }
}

/** Reads a bundle to its end: its changes that have their form, and how much there is. */
async function readAll({ manifest, items }: OpenBundle) {
  const changes: CarriedChange[] = [];
  const rejections: Rejection[] = [];
  /** Which records name which bytes: changes that come along, or that the service has already. */
  const named: { record: string; sha256: string }[] = [];
  const note = ({ record, field, value }: Pick<CarriedChange, 'record' | 'field' | 'value'>) => {
    if (field === 'attachment.sha256' && typeof value === 'string') {
      named.push({ record, sha256: value });
    }
  };
  for await (const item of items) {
    if ('states' in item) for (const state of item.states) note(state);
    if (!('changes' in item)) continue;
    for (const carried of item.changes) {
      note(carried);
      const checked = checkForm(carriedChangeSchema, carried);
      if ('change' in checked) changes.push(checked.change);
      else rejections.push({ change: carried.id, ...checked.reason });
    }
  }
  return { changes, rejections, named, manifest };
}

/** Puts a bundle's files on the disk, where they are nobody's until a change that names them is taken. */
async function keepFiles({ items }: OpenBundle, files: AttachmentFiles) {
  const sizes = new Map<string, number>();
  for await (const item of items) {
    if (!('attachment' in item)) continue;
    const { sha256, bytes } = item.attachment;
    sizes.set(sha256, await files.put(sha256, [bytes]));
  }
  return sizes;
}
