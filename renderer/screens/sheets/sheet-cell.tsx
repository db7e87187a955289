/** What both sheets share: a cell one types in, and how keys move between cells. */
import { type ComponentProps, type SyntheticEvent, useLayoutEffect, useRef } from 'react';
import type { Problem } from '../../../domain/order/order.ts';
import { useFieldFocus } from '../order/focus.ts';
import { foldDigits } from './numbers.ts';

interface CellInputProps extends Omit<ComponentProps<'input'>, 'value' | 'defaultValue'> {
  readonly value: string;
  /** `extensions[3].number`; a cell that holds nothing yet has a name only. */
  readonly field: string;
}

/** The cell that somebody is typing in; a paste, a command of the sheet or leaving it ends that. */
let typedIn: EventTarget | null = null;
const endTyping = ({ target }: Event) => {
  if (target === typedIn) typedIn = null;
};
document.addEventListener('input', ({ target }) => {
  typedIn = target;
});
document.addEventListener('focusout', endTyping);
document.addEventListener('paste', endTyping, true);
document.addEventListener(
  'keydown',
  (event) => (event.ctrlKey || event.metaKey) && endTyping(event),
  true,
);
document.addEventListener(
  'pointerdown',
  ({ target }) => {
    if (target !== typedIn) typedIn = null;
  },
  true,
);

/**
 * A cell's input. What is typed stays in the DOM and goes to the store at every keystroke (the sheet
 * listens); what the store says, such as a fill down, is put in when it differs, but not while
 * somebody types: neither an input method at work nor a word half typed is torn away by a value that
 * another window gave. It shows when the cell is left.
 */
export const CellInput = ({ value, field, ...rest }: CellInputProps) => {
  const input = useRef<HTMLInputElement>(null);
  useFieldFocus(field, input);
  const show = () => {
    if (input.current && input.current.value !== value) input.current.value = value;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `show` is made of the value alone
  useLayoutEffect(() => {
    if (input.current !== typedIn) show();
  }, [value]);
  return (
    <input
      ref={input}
      autoComplete="off"
      spellCheck={false}
      defaultValue={value}
      onBlur={show}
      {...rest}
    />
  );
};

/**
 * Whether a key leaves the cell: up and down always, left and right only at the text's edge or when
 * the whole cell is selected, as in a spreadsheet.
 */
export const leavesCell = (input: HTMLInputElement, key: string): boolean => {
  if (key === 'ArrowUp' || key === 'ArrowDown') return true;
  const { selectionStart: from, selectionEnd: to, value } = input;
  if (from === null || (from === 0 && to === value.length)) return true;
  if (key === 'ArrowLeft') return to === 0;
  return key === 'ArrowRight' && from === value.length;
};

/** Puts the cursor into a cell with its text selected, so that typing replaces it. */
export const enterCell = (input: HTMLInputElement | null | undefined): boolean => {
  input?.focus();
  input?.select();
  return input !== null && input !== undefined;
};

/** Whether an input method is still at work: its keys are its own, its text is not final. */
export const isComposing = ({ nativeEvent }: SyntheticEvent): boolean =>
  'isComposing' in nativeEvent && nativeEvent.isComposing === true;

/** What was typed into a cell for numbers: full-width digits become plain ones under the cursor. */
export const typedNumber = (input: HTMLInputElement): string => {
  const folded = foldDigits(input.value);
  if (folded !== input.value) {
    const at = input.selectionEnd;
    input.value = folded;
    input.setSelectionRange(at, at);
  }
  return folded;
};

/** Types text into the focused input at its cursor; the browser's own undo knows it. */
export const typeInto = (input: HTMLInputElement, text: string): void => {
  input.focus();
  document.execCommand('insertText', false, text);
};

/** The problems of each row of a table, by the row's index. */
export const problemsByRow = (
  problems: readonly Problem[],
  table: 'extensions' | 'members',
): ReadonlyMap<number, readonly Problem[]> => {
  const rows = new Map<number, Problem[]>();
  for (const problem of problems) {
    const index = new RegExp(`^${table}\\[(\\d+)\\]`).exec(problem.field)?.[1];
    if (index === undefined) continue;
    const row = rows.get(Number(index)) ?? [];
    row.push(problem);
    rows.set(Number(index), row);
  }
  return rows;
};

/** Whether a row shows the same problems as before; the checks make new objects at every keystroke. */
export const sameProblems = (
  a: readonly Problem[] | undefined,
  b: readonly Problem[] | undefined,
): boolean =>
  a === b ||
  (a?.length === b?.length &&
    (a ?? []).every(
      ({ field, message, severity }, at) =>
        b?.[at]?.field === field && b[at].message === message && b[at].severity === severity,
    ));

/** The worst of some problems. */
export const worst = (problems: readonly Problem[]): Problem | undefined =>
  problems.find(({ severity }) => severity === 'error') ?? problems[0];

/** A message beside its own row: without the words that name the row. */
export const messageInRow = ({ message }: Problem): string =>
  message.replace(/^分机第 \d+ 行|^成员(序号 \d+ |第 \d+ 行)/, '');
