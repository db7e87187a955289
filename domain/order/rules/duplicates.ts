import { phoneDigits } from '../../china/phone.ts';
import { codeForComparing } from '../../china/text.ts';
import { extensionPlace, memberPlace, type Place, problemAt, type Rule } from '../problem.ts';

const digits = (number: string | undefined) => number && phoneDigits(number);
const code = (text: string | undefined) => text && codeForComparing(text);

/**
 * Numbers, short numbers, ports and slots that come twice, however they are written. A short number
 * is unique in the group, that is across both tables, though a line may be in both with the same one.
 */
export const duplicates: Rule = ({ order }, report) => {
  /** Later occurrences are problems that name the first; the first is one, too, that names the second. */
  const finder = (problemCode: string, blamesFirst = true) => {
    const clash = (place: Place, other: Place) => {
      const says = `与${other.name}重复，请改正或删除其一`;
      report({ ...problemAt(place, problemCode, 'error', says), other: other.field });
    };
    const firsts = new Map<string | number, { place: () => Place; named: boolean }>();
    return (value: string | number | undefined, place: () => Place) => {
      if (value === undefined || value === '') return;
      const first = firsts.get(value);
      if (!first) {
        firsts.set(value, { place, named: !blamesFirst });
        return;
      }
      if (!first.named) clash(first.place(), place());
      first.named = true;
      clash(place(), first.place());
    };
  };
  const extensionNumber = finder('extension-duplicate');
  const port = finder('port-duplicate');
  const memberNumber = finder('member-duplicate');
  // The first stays in its slot, where the sheet shows it.
  const slot = finder('slot-duplicate', false);
  const shortNumber = finder('short-number-duplicate');
  const shortNumberOfLine = new Map<string, string>();

  for (const [index, row] of order.extensions.entries()) {
    const number = digits(row.number);
    const short = code(row.shortNumber);
    extensionNumber(number, () => extensionPlace(index, 'number'));
    shortNumber(short, () => extensionPlace(index, 'shortNumber'));
    port(code(row.port), () => extensionPlace(index, 'port'));
    if (number && short) shortNumberOfLine.set(number, short);
  }
  for (const [index, row] of order.members.entries()) {
    const number = digits(row.number);
    const short = code(row.shortNumber);
    // Named by their rows: the slot is what they share.
    slot(row.slot, () => memberPlace(index, 'slot', undefined));
    memberNumber(number, () => memberPlace(index, 'number', row.slot));
    const sameLine = number !== undefined && shortNumberOfLine.get(number) === short;
    if (!sameLine) shortNumber(short, () => memberPlace(index, 'shortNumber', row.slot));
  }
};
