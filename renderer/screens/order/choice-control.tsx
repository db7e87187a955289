import { Checkbox, Radio, Select } from 'antd';
import type { ControlProps } from './fact-control.tsx';

type Options = Readonly<Record<string, string>>;

/** More than this many do not fit beside each other on a tablet. */
const FEW = 4;

const listed = (options: Options) =>
  Object.entries(options).map(([value, label]) => ({ value, label }));

/** One of a few as boxes, like the form's; of many as a list. A second tap on the chosen one empties the fact. */
export const ChoiceControl = (
  props: ControlProps & {
    options: Options;
    value: string | undefined;
    onValue: (value: string | null) => void;
  },
) => {
  const { id, labelId, describedBy, invalid, options, value = null, onValue } = props;
  const named = { 'aria-labelledby': labelId, 'aria-describedby': describedBy };
  if (Object.keys(options).length > FEW)
    return (
      <Select
        {...named}
        id={id}
        allowClear
        options={listed(options)}
        value={value}
        {...(invalid && { status: 'error' as const })}
        onChange={(chosen: string | undefined) => onValue(chosen ?? null)}
      />
    );
  return (
    <Radio.Group {...named} className="choices" value={value}>
      {listed(options).map((option) => (
        <Radio
          key={option.value}
          value={option.value}
          onChange={() => onValue(option.value)}
          onClick={() => option.value === value && onValue(null)}
        >
          {option.label}
        </Radio>
      ))}
    </Radio.Group>
  );
};

/** Any of the options, as boxes. None at all is not filled. */
export const ChoicesControl = (
  props: ControlProps & {
    options: Options;
    value: readonly string[];
    onValue: (value: readonly string[] | null) => void;
  },
) => (
  <Checkbox.Group
    role="group"
    aria-labelledby={props.labelId}
    aria-describedby={props.describedBy}
    className="choices"
    options={listed(props.options)}
    value={[...props.value]}
    onChange={(chosen) => props.onValue(chosen.length === 0 ? null : chosen)}
  />
);
