import { Button } from 'antd';
import { useRef, useState } from 'react';
import type { Member, Problem } from '../../../domain/order/order.ts';
import { useFieldFocus } from '../order/focus.ts';
import type { Seated } from './roster-members.ts';
import { isSlot } from './roster-slots.ts';

/** How many problems are listed before somebody asks for all of them. */
const FEW = 3;

/** A member that no slot shows, and the way to give it one. */
const Unseated = ({ index, member, onSeat }: Seated & { onSeat: () => void }) => {
  const item = useRef<HTMLLIElement>(null);
  const field = `members[${index}].slot`;
  useFieldFocus(field, item);
  return (
    <li ref={item} className="error" data-field={field}>
      <span>
        号码 {member.number ?? '（空）'}
        {isSlot(member.slot) ? ` 与另一个号码同占序号 ${member.slot}` : ' 没有序号'}
      </span>
      <Button size="small" onClick={onSeat}>
        放到空位
      </Button>
    </li>
  );
};

/** The roster's problems above the sheet, each with the way to its slot. */
export const RosterProblems = (props: {
  rows: ReadonlyMap<number, readonly Problem[]>;
  members: readonly Member[];
  unseated: readonly Seated[];
  onGo: (slot: number) => void;
  onSeat: (seated: Seated) => void;
}) => {
  const [all, setAll] = useState(false);
  const listed = [...props.rows].flatMap(([index, problems]) => {
    const slot = props.members[index]?.slot;
    return problems.map((problem) => ({ problem, slot }));
  });
  if (listed.length === 0 && props.unseated.length === 0) return null;
  return (
    <ul className="roster-problems" aria-label="成员表的问题">
      {props.unseated.map((seated) => (
        <Unseated key={seated.id} {...seated} onSeat={() => props.onSeat(seated)} />
      ))}
      {(all ? listed : listed.slice(0, FEW)).map(({ problem, slot }) => (
        <li key={problem.field + problem.code} className={problem.severity}>
          <span>{problem.message}</span>
          {isSlot(slot) && (
            <Button size="small" onClick={() => props.onGo(slot)}>
              定位
            </Button>
          )}
        </li>
      ))}
      {listed.length > FEW && (
        <li>
          <Button type="link" size="small" onClick={() => setAll(!all)}>
            {all ? '收起' : `共 ${listed.length} 个问题，全部列出`}
          </Button>
        </li>
      )}
    </ul>
  );
};
