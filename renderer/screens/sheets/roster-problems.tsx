import { Button } from 'antd';
import { useState } from 'react';
import type { Member, Problem } from '../../../domain/order/order.ts';
import type { Seated } from './roster-members.ts';
import { isSlot } from './roster-slots.ts';

/** How many problems are listed before somebody asks for all of them. */
const FEW = 3;

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
        <li key={seated.id} className="error">
          <span>
            号码 {seated.member.number ?? '（空）'}
            {isSlot(seated.member.slot)
              ? ` 与另一个号码同占序号 ${seated.member.slot}`
              : ' 没有序号'}
          </span>
          <Button size="small" onClick={() => props.onSeat(seated)}>
            放到空位
          </Button>
        </li>
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
