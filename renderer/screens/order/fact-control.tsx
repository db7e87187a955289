import { ExclamationCircleFilled, WarningFilled } from '@ant-design/icons';
import { type ReactNode, useId, useRef } from 'react';
import type { FactDefinition, FactValue } from '../../../domain/order/dictionary.ts';
import type { Problem } from '../../../domain/order/order.ts';
import { ChoiceControl, ChoicesControl } from './choice-control.tsx';
import { useFieldFocus } from './focus.ts';
import { TypedControl } from './typed-control.tsx';

export interface FactControlProps {
  /** Dictionary key; the wrapper's `data-field`. */
  readonly field: string;
  readonly definition: FactDefinition;
  readonly value: FactValue | undefined;
  readonly onValue: (value: FactValue | null) => void;
  /** Typed text that could not be read yet, and where to keep it. */
  readonly halfTyped: string | undefined;
  readonly onHalfTyped: (text: string | null) => void;
  readonly onTyping: (typing: boolean) => void;
  readonly required: boolean;
  readonly problems: readonly Problem[];
  /** Columns of twelve. */
  readonly span: number;
}

const YES_NO = (type: { yes: string; no: string }) => ({ true: type.yes, false: type.no });

/** What every control needs to know; `id` and `labelId` tie it to its label. */
export interface ControlProps {
  readonly id: string;
  readonly labelId: string;
  readonly describedBy: string;
  readonly invalid: boolean;
}

const Control = (props: FactControlProps & ControlProps): ReactNode => {
  const { type } = props.definition;
  const { value, onValue } = props;
  switch (type.kind) {
    case 'boolean':
      return (
        <ChoiceControl
          {...props}
          options={YES_NO(type)}
          value={value === undefined ? undefined : String(value)}
          onValue={(chosen) => onValue(chosen === null ? null : chosen === 'true')}
        />
      );
    case 'choice':
      return (
        <ChoiceControl
          {...props}
          options={type.options}
          value={typeof value === 'string' ? value : undefined}
        />
      );
    case 'choices':
      return (
        <ChoicesControl
          {...props}
          options={type.options}
          value={typeof value === 'object' ? value : []}
        />
      );
    default:
      return <TypedControl {...props} />;
  }
};

/** A message without the name of the field it stands under. */
const aboutItself = (message: string, label: string) =>
  message.startsWith(`“${label}”`)
    ? message.slice(label.length + 2).replace(/^(中的|的)/, '')
    : message;

/** One fact as people fill it: label, control, what the form explains, what is wrong with it. */
export const FactControl = (props: FactControlProps) => {
  const { field, definition, problems, required, span } = props;
  const ref = useRef<HTMLDivElement>(null);
  useFieldFocus(field, ref);
  const id = useId();
  const { kind } = definition.type;
  const label = {
    id: `${id}-label`,
    className: required ? 'fact-label required' : 'fact-label',
  };
  const chosen = kind === 'choice' || kind === 'choices' || kind === 'boolean';
  return (
    <div className="fact" data-field={field} data-span={span} ref={ref}>
      {chosen ? (
        <span {...label}>{definition.label}</span>
      ) : (
        <label {...label} htmlFor={id}>
          {definition.label}
        </label>
      )}
      <div className="fact-control">
        <Control
          {...props}
          id={id}
          labelId={`${id}-label`}
          describedBy={`${id}-about`}
          invalid={problems.some(({ severity }) => severity === 'error')}
        />
        <div id={`${id}-about`} className="fact-about">
          {problems.map(({ code, severity, message }) => (
            <p key={code + message} className={severity}>
              {severity === 'error' ? <ExclamationCircleFilled /> : <WarningFilled />}
              {aboutItself(message, definition.label)}
            </p>
          ))}
          {definition.hint && problems.length === 0 && <p>{definition.hint}</p>}
        </div>
      </div>
    </div>
  );
};
