import { CloseOutlined, LeftOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useWorking } from '../../services.tsx';
import { SigningTag, UploadTag } from '../orders/upload-state.tsx';
import { LockButton } from '../vault/lock-button.tsx';
import { Checklist, tallyText } from './checklist.tsx';
import { ConflictPanel } from './conflict-panel.tsx';
import { useOrder } from './open-order.tsx';
import { OrderMenu } from './order-menu.tsx';
import { tallyBySection } from './problems.ts';
import { SavedState } from './saved-state.tsx';
import { SECTION_IDS, SECTIONS, type SectionId, sectionPath } from './sections.ts';
import { useWide } from './use-wide.ts';

/** Reading and signing take the whole width; the checklist is a tap away. */
const UNDIVIDED: ReadonlySet<SectionId> = new Set(['documents', 'signing', 'upload']);

const Sections = ({ section }: { section: SectionId }) => {
  const { id, problems } = useOrder();
  const tallies = tallyBySection(problems);
  const current = useRef<HTMLAnchorElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the current tab is another element when the section changes
  useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [section]);
  return (
    <nav className="sections" aria-label="工单的各部分">
      {SECTION_IDS.map((target) => {
        const { missing = 0, errors = 0 } = tallies.get(target) ?? {};
        return (
          <Link
            key={target}
            href={sectionPath(id, target)}
            {...(target === section && { ref: current, 'aria-current': 'page' as const })}
          >
            {SECTIONS[target]}
            {missing + errors > 0 && (
              <span
                className={errors > 0 ? 'count wrong' : 'count'}
                title={`还缺 ${missing} 项，错误 ${errors} 处`}
              >
                {missing + errors}
              </span>
            )}
          </Link>
        );
      })}
    </nav>
  );
};

const Header = (props: { checklist: boolean; onChecklist: () => void }) => {
  const { id, order, problems } = useOrder();
  const summary = useWorking((working) => working.summaries.get(id));
  const name = order.facts['customer.name'];
  useEffect(() => {
    // Nobody's name: a browser writes titles down in its history.
    document.title = '工单 · 勘签';
    return () => {
      document.title = '勘签';
    };
  }, []);
  return (
    <header className="order-header">
      <Link href="/" className="header-link back" aria-label="回到工单列表">
        <LeftOutlined />
      </Link>
      <div className="order-title">
        <h1 className={name ? '' : 'unnamed'}>{name ?? '未填集团名称'}</h1>
        <small>{order.facts.orderNumber}</small>
      </div>
      <SavedState />
      {summary && summary.voided > 0 && <SigningTag summary={summary} />}
      {summary && <UploadTag summary={summary} />}
      <Button
        className="checklist-button"
        icon={<UnorderedListOutlined />}
        aria-expanded={props.checklist}
        aria-controls="checklist"
        onClick={props.onChecklist}
      >
        清单 {tallyText(problems) || '齐备'}
      </Button>
      <LockButton />
      <OrderMenu />
    </header>
  );
};

/** The frame of an order: its header, its sections, the form, and the checklist beside or over it. */
export const Workspace = (props: { section: SectionId; children: ReactNode }) => {
  const { section } = props;
  const wide = useWide();
  const [beside, setBeside] = useState(true);
  const [over, setOver] = useState(false);
  const divided = wide && !UNDIVIDED.has(section);
  const checklist = divided ? beside : over;
  const show = divided ? setBeside : setOver;
  useEffect(() => {
    const leave = (event: KeyboardEvent) => event.key === 'Escape' && setOver(false);
    window.addEventListener('keydown', leave);
    return () => window.removeEventListener('keydown', leave);
  }, []);
  return (
    <div className="workspace" data-checklist={checklist ? (divided ? 'beside' : 'over') : 'none'}>
      <Header checklist={checklist} onChecklist={() => show(!checklist)} />
      <Sections section={section} />
      <main className="section" key={section}>
        <h2 className="hidden-label">{SECTIONS[section]}</h2>
        <ConflictPanel />
        {props.children}
      </main>
      {checklist && (
        <>
          {!divided && (
            <button
              type="button"
              className="checklist-shade"
              aria-label="收起清单"
              onClick={() => setOver(false)}
            />
          )}
          <aside className="checklist-panel" id="checklist" aria-label="检查清单">
            <Button
              className="checklist-close"
              type="text"
              aria-label="收起清单"
              icon={<CloseOutlined />}
              autoFocus={!divided}
              onClick={() => show(false)}
            />
            <Checklist onGo={() => setOver(false)} />
          </aside>
        </>
      )}
    </div>
  );
};
