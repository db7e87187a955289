import { isMonth, monthsBetween } from '../china/calendar.ts';
import { inCapitals } from '../china/capitals.ts';
import type { Order } from './order.ts';
import { findDevice, type Reference } from './reference.ts';
import { isFilled } from './value.ts';

/** Facts that follow from others and are never typed. */

/** 集团成员数: the slots of the roster that hold a number. */
export const memberCount = (order: Order): number =>
  order.members.reduce((count, member) => count + (isFilled(member.number) ? 1 : 0), 0);

/** Months of the agreement's term, both ends counted; undefined until both are filled and in order. */
export function termMonths(order: Order): number | undefined {
  const { 'agreement.termStart': start, 'agreement.termEnd': end } = order.facts;
  if (!isMonth(start) || !isMonth(end)) return undefined;
  const months = monthsBetween(start, end);
  return months > 0 ? months : undefined;
}

/** Monthly fee × months of the term, in fen; undefined until both are known. */
export function computedTotalFee(order: Order): number | undefined {
  const months = termMonths(order);
  const monthly = order.facts['agreement.monthlyFee'];
  return months === undefined || monthly === undefined ? undefined : monthly * months;
}

/** The total as printed, in fen: the one typed, or else the computed one. */
export const totalFee = (order: Order): number | undefined =>
  order.facts['agreement.totalFee'] ?? computedTotalFee(order);

/** The total in Chinese capitals, such as 壹万贰仟叁佰元整; empty until the total is known. */
export function totalInCapitals(order: Order): string {
  const total = totalFee(order);
  return total === undefined || total < 0 ? '' : inCapitals(total);
}

/**
 * Where an extension is connected: the port typed for it, or else `device-port` (`2-01`) when the
 * devices are filled in the order of the table. Empty when the device is not in the catalogue.
 *
 * @param index of the extension, from 0
 */
export function devicePlace(order: Order, index: number, reference: Reference): string {
  const typed = order.extensions[index]?.port?.trim();
  if (typed) return typed;
  const device = findDevice(reference, order.facts['survey.accessDevice']);
  if (!device) return '';
  const port = (index % device.ports) + 1;
  return `${Math.floor(index / device.ports) + 1}-${String(port).padStart(2, '0')}`;
}
