import type { ReactNode } from 'react';

/** A page that only tells something: what happened and what to do now. */
export const Notice = (props: { title: string; children: ReactNode; actions?: ReactNode }) => (
  <main className="notice">
    <h1>{props.title}</h1>
    {props.children}
    <div className="notice-actions">{props.actions}</div>
  </main>
);
