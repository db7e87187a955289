import { type ReactNode, useId } from 'react';

/** Facts that belong together, in twelve columns. */
export const Group = (props: { title: string; note?: string; children: ReactNode }) => {
  const id = useId();
  return (
    <section className="group" aria-labelledby={id}>
      <header>
        <h2 id={id}>{props.title}</h2>
        {props.note && <p className="group-note">{props.note}</p>}
      </header>
      <div className="fact-grid">{props.children}</div>
    </section>
  );
};

/** A value that follows from others: shown like a fact, but nothing to type in. */
export const Derived = (props: {
  label: string;
  value: string | undefined;
  note?: string;
  span?: number;
}) => {
  const id = useId();
  return (
    <div className="fact derived" data-span={props.span ?? 4}>
      <span className="fact-label" id={id}>
        {props.label}
      </span>
      <div className="fact-control">
        <output aria-labelledby={id}>{props.value || '—'}</output>
        {props.note && <p className="fact-about">{props.note}</p>}
      </div>
    </div>
  );
};
