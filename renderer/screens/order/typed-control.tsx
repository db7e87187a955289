import { AutoComplete, Input } from 'antd';
import { type InputHTMLAttributes, useEffect, useRef, useState } from 'react';
import type { FactDefinition } from '../../../domain/order/dictionary.ts';
import { reference } from '../../reference.ts';
import { codecOf } from './codec.ts';
import type { ControlProps, FactControlProps } from './fact-control.tsx';
import { hasPicker, Picker } from './picker.tsx';

/** The keys that a tablet's keyboard shows. */
const inputModeOf = ({ type, rules = [] }: FactDefinition): InputMode => {
  if (type.kind === 'number') return type.integer ? 'numeric' : 'decimal';
  if (type.kind === 'money') return 'decimal';
  if (type.kind !== 'text') return 'numeric';
  if (rules.includes('email')) return 'email';
  if (rules.includes('phone') || rules.includes('fixedLine')) return 'tel';
  return rules.some((rule) => NUMERIC.has(rule)) ? 'numeric' : 'text';
};
type InputMode = NonNullable<InputHTMLAttributes<HTMLElement>['inputMode']>;
const NUMERIC = new Set<string>(['postcode', 'bankAccount', 'serviceAccount']);

const DEVICES = reference.devices.map(({ model, ports, note }) => ({
  value: model,
  label: `${model}　${note ?? `${ports} 口`}`,
}));

/**
 * A fact that is typed. From when somebody enters it until they leave it, the control shows what they
 * found and typed, whatever the store says: neither text nor selection changes under their hands. Each
 * keystroke is saved, but an input method's composition only when it ends.
 */
export const TypedControl = (props: FactControlProps & ControlProps) => {
  const { field, definition, value, halfTyped, onValue, onHalfTyped, onTyping } = props;
  const { type } = definition;
  const codec = codecOf(type.kind);
  const [entered, setEntered] = useState(false);
  const [typed, setTyped] = useState<string | null>(null);
  const composing = useRef(false);
  // A control that is taken off the screen gets no blur.
  useEffect(() => () => onTyping(false), [onTyping]);

  const save = (text: string) => {
    const parsed = codec.parse(text);
    const next = 'value' in parsed ? parsed.value : null;
    onHalfTyped('value' in parsed ? null : text);
    if (next !== (value ?? null)) onValue(next);
  };
  const change = (text: string) => {
    setTyped(text);
    if (!composing.current) save(text);
  };
  const endComposition = (text: string) => {
    if (!composing.current) return;
    composing.current = false;
    change(text);
  };
  const settled = value === undefined ? (halfTyped ?? '') : codec.print(value);
  // While drawing, not when it is entered: a value picked a moment before is not known there yet.
  if (entered && typed === null) setTyped(settled);
  const shown = typed ?? settled;
  const pick = (text: string) => {
    if (entered) setTyped(text);
    save(text);
  };

  const common = {
    id: props.id,
    value: shown,
    spellCheck: false,
    inputMode: inputModeOf(definition),
    'aria-describedby': props.describedBy,
    'aria-invalid': props.invalid,
    'aria-required': props.required,
    ...(props.invalid && { status: 'error' as const }),
    onFocus: () => {
      setEntered(true);
      onTyping(true);
    },
    onCompositionStart: () => {
      composing.current = true;
    },
    onCompositionEnd: (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      endComposition(event.currentTarget.value),
    onBlur: (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => {
      endComposition(event.currentTarget.value);
      setEntered(false);
      setTyped(null);
      onTyping(false);
    },
  };
  if (type.kind === 'text' && type.multiline)
    return (
      <Input.TextArea
        {...common}
        autoSize={{ minRows: 1, maxRows: 8 }}
        onChange={(event) => change(event.target.value)}
      />
    );
  if (field === 'survey.accessDevice')
    return (
      <AutoComplete options={DEVICES} value={shown} onChange={change} showSearch={false}>
        <Input {...common} />
      </AutoComplete>
    );
  return (
    <Input
      {...common}
      onChange={(event) => change(event.target.value)}
      {...(type.kind === 'number' && type.unit && { suffix: type.unit })}
      {...(type.kind === 'money' && { suffix: '元' })}
      {...(hasPicker(type.kind) && {
        suffix: <Picker kind={type.kind} value={value} label={definition.label} onPick={pick} />,
      })}
    />
  );
};
