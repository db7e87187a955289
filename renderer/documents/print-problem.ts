/** Why a document could not be printed, in words, with the field that a person can mend. */
import { UnprintableError } from '../../domain/documents/text.ts';
import type { Order } from '../../domain/order/order.ts';
import { codePointName } from '../../domain/order/rules/characters.ts';
import { fieldName } from './print-names.ts';

export interface PrintProblem {
  readonly message: string;
  /** The field to mend, as problems name it; null when no field is to blame. */
  readonly field: string | null;
}

export const printProblem = (order: Order, error: unknown): PrintProblem => {
  if (error instanceof UnprintableError) {
    const { field, codePoint } = error;
    const character = `“${String.fromCodePoint(codePoint)}”（${codePointName(codePoint)}）`;
    return {
      message: `${fieldName(order, field)}中的${character}没有字体可以打印，请换一种写法。`,
      field,
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { message: `生成失败：${reason}`, field: null };
};
