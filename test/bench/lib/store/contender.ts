import type { OrderSummary } from '../../../../renderer/store/store.ts';
import type { BenchMember, BenchOrder } from './data.ts';

/**
 * A store under measurement. Every promise resolves when what it promises is so: `save` and `paste`
 * when the store says that the values are on the disk.
 */
export interface Contender {
  /** Keeps all orders and their lines of the list; in no hurry. */
  fill(orders: readonly BenchOrder[]): Promise<void>;
  /** From nothing to every line of the list, newest first, as plain values. */
  openList(): Promise<OrderSummary[]>;
  /** What opening one order needs before anybody types in it. */
  openOrder(id: string): Promise<void>;
  /** Gives the order's typed fact another value. */
  save(id: string, value: string): Promise<void>;
  paste(members: readonly BenchMember[]): Promise<void>;
  /** What is kept, read anew: the order's typed fact, and how many members the order has. */
  kept(id: string): Promise<{ value: string; members: number }>;
  close(): Promise<void>;
}
