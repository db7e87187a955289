import { DeleteOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { operatorOf } from '../../../domain/china/phone.ts';
import { MEMBER_FACTS } from '../../../domain/order/dictionary.ts';
import type { Problem } from '../../../domain/order/order.ts';
import type { Seated } from './roster-members.ts';
import { CellInput, isComposing, messageInRow, worst } from './sheet-cell.tsx';
import './roster-details.css';

const DETAILS = ['name', 'shortNumber', 'note'] as const;
export type DetailKey = (typeof DETAILS)[number];

/** The line above the sheet that shows and edits all of the active slot, as a spreadsheet's formula bar. */
export const RosterDetails = (props: {
  slot: number;
  seated: Seated | undefined;
  problems: readonly Problem[];
  onType: (key: DetailKey, value: string) => void;
  onBack: (step: number) => void;
  onRemove: () => void;
}) => {
  const { slot, seated, problems } = props;
  const number = seated?.member.number ?? '';
  return (
    <fieldset className="roster-details" aria-label={`序号 ${slot}`}>
      <b className="roster-which">
        序号 {slot}
        <span>
          {number || '空'} {operatorOf(number)}
        </span>
      </b>
      {DETAILS.map((key) => {
        const field = `members[${seated?.index}].${key}`;
        const state = worst(problems.filter((problem) => problem.field === field))?.severity;
        return (
          <label key={key} htmlFor={`member-${key}`} className={`roster-${key} ${state ?? ''}`}>
            {MEMBER_FACTS[key].label}
            <CellInput
              // Another slot, another input: what is being typed belongs to one member.
              key={slot}
              field={field}
              id={`member-${key}`}
              data-field={seated ? field : undefined}
              data-detail={key}
              aria-invalid={state === 'error'}
              value={seated?.member[key] ?? ''}
              onChange={(event) => {
                if (!isComposing(event)) props.onType(key, event.currentTarget.value);
              }}
              onCompositionEnd={(event) => props.onType(key, event.currentTarget.value)}
              onKeyDown={(event) => {
                if (isComposing(event)) return;
                if (event.key === 'Enter') props.onBack(1);
                if (event.key === 'Escape') props.onBack(0);
              }}
            />
          </label>
        );
      })}
      <Button icon={<DeleteOutlined />} disabled={!seated} onClick={props.onRemove}>
        移除
      </Button>
      {problems.length > 0 && (
        <ul className="roster-says">
          {problems.map((problem) => (
            <li key={problem.code + problem.field} className={problem.severity}>
              {messageInRow(problem)}
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
};
