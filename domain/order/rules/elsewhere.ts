import { phoneDigits } from '../../china/phone.ts';
import { memberPlace, problemAt, type Rule } from '../problem.ts';

/**
 * Numbers of the roster that another order on the device holds too. A roster that takes numbers out
 * of the group names those that an earlier order brought in: there it is what one expects.
 */
export const elsewhere: Rule = ({ order, reference: { elsewhere: names } }, report) => {
  if (!names?.size || order.facts['roster.action'] === 'remove') return;
  for (const [index, { number, slot }] of order.members.entries()) {
    const holder = number && names.get(phoneDigits(number));
    if (!holder) continue;
    const says = `也在${holder}的成员表中，请核对：填错的请改正，重复的请从其中一份移除`;
    report(problemAt(memberPlace(index, 'number', slot), 'member-in-other-order', 'warning', says));
  }
};
