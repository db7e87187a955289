import { useCallback, useEffect } from 'react';
import { FACTS, type FactKey, factDefinition } from '../../../domain/order/dictionary.ts';
import { needsOf } from '../../../domain/order/requirements.ts';
import { FactControl } from './fact-control.tsx';
import { keepHalfTyped, setTyping, useHalfTyped } from './half-typed.ts';
import { useOrder } from './open-order.tsx';
import { problemsAt } from './problems.ts';

/** A fact of the open order, by its dictionary key. What is merely missing is the checklist's to say. */
export const FactField = ({ field, span = 4 }: { field: FactKey; span?: number }) => {
  const { id, order, problems, setFact } = useOrder();
  const { need } = factDefinition(field);
  const value = order.facts[field];
  const halfTyped = useHalfTyped(id, field);
  const isFilled = value !== undefined;
  // A value that came from elsewhere replaces what could not be read.
  useEffect(() => {
    if (isFilled) keepHalfTyped(id, field, null);
  }, [id, field, isFilled]);
  return (
    <FactControl
      field={field}
      definition={FACTS[field]}
      span={span}
      value={value}
      onValue={useCallback((value) => setFact(field, value), [setFact, field])}
      halfTyped={halfTyped}
      onHalfTyped={useCallback((text) => keepHalfTyped(id, field, text), [id, field])}
      onTyping={useCallback((typing) => setTyping(id, field, typing), [id, field])}
      required={need !== undefined && needsOf(order).has(need)}
      problems={problemsAt(problems, field)}
    />
  );
};
