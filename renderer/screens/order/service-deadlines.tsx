import {
  addWorkdays,
  CONTACT_WORKDAYS,
  OPENING_WORKDAYS,
  type YearCalendar,
} from '../../../domain/china/workdays.ts';
import { Derived } from './group.tsx';
import { useOrder } from './open-order.tsx';
import { dateText } from './words.ts';

/** Every year whose calendar the State Council has published and `assets/` has. */
const CALENDAR = Object.values(
  import.meta.glob<YearCalendar>('../../../assets/workdays/*.json', {
    eager: true,
    import: 'default',
  }),
);

const DEADLINES = [
  ['联系客户期限', CONTACT_WORKDAYS],
  ['开通期限', OPENING_WORKDAYS],
] as const;

/** When the carrier must have contacted the customer and opened the line, counted from the day of signing. */
export const ServiceDeadlines = () => {
  const signedOn = useOrder().order.facts['agreement.signedOn'];
  return DEADLINES.map(([label, workdays]) => {
    const due = signedOn ? addWorkdays(signedOn, workdays, CALENDAR) : undefined;
    const note = `签署后 ${workdays} 个工作日内`;
    return (
      <Derived
        key={label}
        label={label}
        value={due ? `${due.estimated ? '预计 ' : ''}${dateText(due.date)}` : undefined}
        note={due?.estimated ? `${note}；该年放假安排尚未公布，按周末推算` : note}
      />
    );
  });
};
