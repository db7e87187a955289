/**
 * The local store as the screens see it. Screens read the working set (`useStore`), never
 * IndexedDB; they write through `commit`, the only door.
 */
import type { FACTS, FactKey } from '../../domain/order/dictionary.ts';
import type { Order } from '../../domain/order/order.ts';
import type { ReviewState } from '../../domain/review/review.ts';
import type { Edit, StoredRecord } from '../../domain/sync/record.ts';
import type { SealingKey } from '../seal/sealing-key.ts';

/** One line of the order list, kept in the same transaction as the records it summarises. */
export interface OrderSummary {
  readonly id: string;
  readonly orderNumber: string;
  readonly customer: string;
  readonly phone: string;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Signatures that stand, and that are void. */
  readonly signed: number;
  readonly voided: number;
  /** Changes without a receipt (rejected ones included), and attachments without one. */
  readonly unsent: number;
  readonly unsentAttachments: number;
  readonly rejected: number;
  /** How its review stands; absent before there is one. */
  readonly review?: ReviewState;
}

/** 待上传 / 上传中 / 已上传 / 未被接受 */
export type UploadState = 'waiting' | 'sending' | 'sent' | 'rejected';

/** A change or attachment that the service refused, with its reason. */
export interface RejectedEntry {
  readonly change: string;
  readonly order: string;
  readonly record: string;
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export type SavingState =
  | { readonly state: 'saved'; readonly at: number | null }
  | { readonly state: 'saving' }
  /** The value stays on the screen and is tried again; `message` says what to do. */
  | { readonly state: 'failed'; readonly message: string };

export interface SyncState {
  /** `unenrolled`: no service or no code yet; `offline`: the last request did not reach the service. */
  readonly connection: 'unenrolled' | 'offline' | 'online' | 'refused';
  /** What the last failed request said, in Chinese. */
  readonly reason: string | null;
  /** Orders being sent right now. */
  readonly sending: ReadonlySet<string>;
  /** Progress of the current round: entries done and in all; null when idle. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  /** Bytes of the file that is being sent; null while none is. */
  readonly bytes: { readonly sent: number; readonly total: number } | null;
  /** Whether a person has paused sending and receiving on this device. */
  readonly paused: boolean;
  readonly lastSuccessAt: number | null;
}

/** The bytes of an attachment, to be stored with the edits that name them. */
export interface AttachmentBytes {
  readonly order: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** The facts that are copied from the settings when an order is made. */
export type SettingsKey = {
  [K in FactKey]: (typeof FACTS)[K] extends { source: 'settings' } ? K : never;
}[FactKey];

/** The installer's settings of this device: the `settings` facts that new orders start with. */
export interface DeviceSettings {
  /** The installer's name. */
  readonly installer: string;
  readonly carrier: Readonly<Partial<Record<SettingsKey, string>>>;
  /** Days after the last change of an uploaded order that its attachments go; they stay when absent. */
  readonly thinAfterDays?: number;
}

export interface Store {
  /**
   * Loads all summaries into the working set. Called once at start.
   * @param options.rebuild makes an empty database again from the journal
   * @throws one of the errors in `reasons.ts`; nothing was changed then
   */
  open(options?: { readonly rebuild?: boolean }): Promise<void>;
  /** Loads an order's records into the working set (`useStore.records`); keeps them current. */
  openOrder(order: string): Promise<void>;
  closeOrder(order: string): void;
  /**
   * Saves edits: at once in the working set, then records, outbox and summary in one strict
   * transaction, then the journal. Resolves when all of it is on disk; while it cannot be written,
   * the saving state says why and it is tried again.
   * @throws {InvalidEditError} at once, with nothing saved, when an edit is none the change log can hold
   */
  commit(edits: readonly Edit[], attachments?: readonly AttachmentBytes[]): Promise<void>;
  attachmentBytes(sha256: string): Promise<Uint8Array | null>;
  /** Makes an order with its number, today's dates, the usual defaults and the settings' facts; its id. */
  createOrder(): Promise<string>;
  /** Saves an order that was read from a file as a new order, under a number of its own if it has none; its id. */
  importOrder(order: Order): Promise<string>;
  /** Takes an order off the list. The change log keeps it. */
  deleteOrder(order: string): Promise<void>;
  /** Sends what the service refused of an order once more; a person decides that. */
  retryRejected(order: string): Promise<void>;
  deviceSettings(): Promise<DeviceSettings>;
  saveDeviceSettings(settings: DeviceSettings): Promise<void>;
  /** The key that this device seals files with, made when it is first asked for; null where there can be none. */
  sealingKey(): Promise<SealingKey | null>;
  dismissNotice(): void;
}

/** An edit that the change log cannot hold; the message is Chinese and names the field. */
export class InvalidEditError extends Error {
  override readonly name = 'InvalidEditError';
}

/** The working set that the screens read (zustand state). */
export interface WorkingSet {
  readonly summaries: ReadonlyMap<string, OrderSummary>;
  /** Records of the open orders, by order id, then record id. */
  readonly records: ReadonlyMap<string, ReadonlyMap<string, StoredRecord>>;
  /**
   * Open order → digits of those of its numbers that other orders hold too → these orders, whether
   * listed or not. Trails the records by a look-up in the database.
   */
  readonly elsewhere: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  readonly saving: SavingState;
  readonly sync: SyncState;
  readonly rejected: readonly RejectedEntry[];
  /** Something a person must know, in Chinese (the store was rebuilt from the journal); null mostly. */
  readonly notice: string | null;
}
