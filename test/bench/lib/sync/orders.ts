/** The same ten thousand orders for everybody, and one edit of one field of each. */
import { v7 as uuid } from 'uuid';

export interface BenchOrder {
  readonly id: string;
  readonly orderNumber: string;
  readonly name: string;
  readonly phone: string;
  readonly lineCount: number;
}

export const benchOrders = (count: number): BenchOrder[] =>
  Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(5, '0');
    return {
      id: uuid(),
      orderNumber: `GD20260302-${number}`,
      name: `样例${['诊所', '酒店', '学校', '工厂'][index % 4]}${number}`,
      phone: `139000${number}`,
      lineCount: (index % 210) + 1,
    };
  });

/** What the edit of an order's phone number writes. */
export const newPhone = (index: number): string => `138111${String(index).padStart(5, '0')}`;

/** A device as each peer has it, with its data in memory. */
export interface Device {
  /** Fetches what the server has; how many orders the device has then. */
  pull(): Promise<number>;
  /** Edits the phone number of every order, on the device only. */
  edit(): Promise<void>;
  /** Sends the edits; resolves when the server has them all. */
  push(): Promise<void>;
  close(): Promise<void>;
}

/** A peer: its server as a process of its own, filled with the orders, and a device. */
export interface Peer {
  /** The process ids whose time is the server's. */
  readonly pids: readonly number[];
  readonly url: string;
  /** @param url where the device reaches the server */
  device(url: string): Promise<Device>;
  /** The phone numbers that the server has now. */
  phones(): Promise<readonly string[]>;
  close(): Promise<void>;
}
