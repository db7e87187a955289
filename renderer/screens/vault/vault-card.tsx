import type { ReactNode } from 'react';
import './vault.css';

/** What stands where the app will be while the vault is closed: one quiet card. */
export const VaultCard = (props: {
  /** For tests and styles: which of the vault's pages this is. */
  step: string;
  title: string;
  children: ReactNode;
}) => (
  <main className="vault" data-step={props.step}>
    <section className="vault-card">
      <header>
        <img src="./icon.svg" alt="" width="40" height="40" />
        <h1>{props.title}</h1>
      </header>
      {props.children}
    </section>
  </main>
);

/** What went wrong with what was typed. */
export const VaultProblem = ({ children }: { children: ReactNode }) => (
  <p role="alert" className="vault-problem">
    {children}
  </p>
);
