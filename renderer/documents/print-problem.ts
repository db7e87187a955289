/** Why a document could not be printed, in words, with the field that a person can mend. */
import { UnprintableError } from '../../domain/documents/text.ts';
import type { Order } from '../../domain/order/order.ts';
import { fieldName } from './print-names.ts';

export interface PrintProblem {
  readonly message: string;
  /** The field to mend, as problems name it; null when no field is to blame. */
  readonly field: string | null;
}

export const printProblem = (order: Order, error: unknown): PrintProblem => {
  if (error instanceof UnprintableError) {
    const { field, reason } = error;
    return { message: `${fieldName(order, field)}${reason}`, field };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { message: `生成失败：${reason}`, field: null };
};
