import { CalendarOutlined, ClockCircleOutlined } from '@ant-design/icons';
import { DatePicker, TimePicker } from 'antd';
import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat';
import { useState } from 'react';
import type { FactValue } from '../../../domain/order/dictionary.ts';

dayjs.extend(customParseFormat);

const FORMATS = { date: 'YYYY-MM-DD', month: 'YYYY-MM', time: 'HH:mm' } as const;
type PickerKind = keyof typeof FORMATS;

export const hasPicker = (kind: string): kind is PickerKind => Object.hasOwn(FORMATS, kind);

/** The button behind a typed date or time that lets people pick it instead; a pick is a value like any other. */
export const Picker = (props: {
  kind: PickerKind;
  value: FactValue | undefined;
  label: string;
  onPick: (value: string) => void;
}) => {
  const { kind, value, label, onPick } = props;
  const [open, setOpen] = useState(false);
  const picked = {
    open,
    onOpenChange: setOpen,
    value: typeof value === 'string' ? dayjs(value, FORMATS[kind]) : null,
    onChange: (day: dayjs.Dayjs | null) => day && onPick(day.format(FORMATS[kind])),
    className: 'picker-anchor',
    tabIndex: -1,
    'aria-hidden': true,
  };
  return (
    <>
      {kind === 'time' ? (
        <TimePicker {...picked} format="HH:mm" minuteStep={5} needConfirm={false} />
      ) : (
        <DatePicker {...picked} picker={kind} />
      )}
      <button
        type="button"
        className="picker-button"
        aria-label={`选择${label}`}
        onClick={() => setOpen(!open)}
      >
        {kind === 'time' ? <ClockCircleOutlined /> : <CalendarOutlined />}
      </button>
    </>
  );
};
