import { LeftOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import './order.css';

/** A screen of groups beside the orders: its head with the way back, and what it says of itself. */
export const Page = (props: {
  title: string;
  /** To the list unless given. */
  back?: { readonly href: string; readonly label: string };
  says?: ReactNode;
  children: ReactNode;
}) => {
  const { href, label } = props.back ?? { href: '/', label: '回到工单列表' };
  return (
    <div className="settings">
      <header className="order-header">
        <Link href={href} className="header-link back" aria-label={label}>
          <LeftOutlined />
        </Link>
        <div className="order-title">
          <h1>{props.title}</h1>
        </div>
        {props.says && <span className="settings-saves">{props.says}</span>}
      </header>
      <main className="section">{props.children}</main>
    </div>
  );
};
