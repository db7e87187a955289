import { useVirtualizer } from '@tanstack/react-virtual';
import { Dropdown } from 'antd';
import dayjs from 'dayjs';
import { memo, Suspense, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useServices } from '../../services.tsx';
import type { OrderSummary } from '../../store/store.ts';
import { ExportDialog } from '../bundle/dialogs.ts';
import { sectionPath } from '../order/sections.ts';
import { useOrderActions } from './order-actions.tsx';
import { exportOrder } from './order-file.ts';
import { SigningTag, UploadTag } from './upload-state.tsx';

/** px */
const ROW_HEIGHT = 72;

const whenText = (at: number): string => {
  const time = dayjs(at);
  const now = dayjs();
  if (time.isSame(now, 'day')) return time.format('今天 HH:mm');
  return time.format(time.isSame(now, 'year') ? 'M月D日 HH:mm' : 'YYYY-MM-DD');
};

/** The menu behind a row's button; made only when it is wanted, as most never are. */
const RowMenu = (props: {
  summary: OrderSummary;
  label: string;
  onExport: (order: string) => void;
}) => {
  const { summary, label } = props;
  const services = useServices();
  const [open, setOpen] = useState(true);
  const items = useOrderActions({
    order: summary,
    save: () => exportOrder(services, summary.id),
    onExport: () => props.onExport(summary.id),
  });
  return (
    <Dropdown open={open} onOpenChange={setOpen} trigger={['click']} menu={{ items }}>
      {/* biome-ignore lint/a11y/noAutofocus: takes over from the button that was just pressed */}
      <button type="button" className="row-menu" aria-label={label} autoFocus>
        ⋮
      </button>
    </Dropdown>
  );
};

const RowMenuButton = (props: { summary: OrderSummary; onExport: (order: string) => void }) => {
  const { summary, onExport } = props;
  const [wanted, setWanted] = useState(false);
  const label = `${summary.customer || summary.orderNumber} 的更多操作`;
  if (wanted) return <RowMenu summary={summary} label={label} onExport={onExport} />;
  return (
    <button type="button" className="row-menu" aria-label={label} onClick={() => setWanted(true)}>
      ⋮
    </button>
  );
};

const Row = memo(
  ({ summary, onExport }: { summary: OrderSummary; onExport: (order: string) => void }) => (
    <>
      <Link href={sectionPath(summary.id, 'customer')} className="order-row">
        <span className="order-name">
          <strong className={summary.customer ? '' : 'unnamed'}>
            {summary.customer || '未填集团名称'}
          </strong>
          <small>{summary.orderNumber}</small>
        </span>
        <span className="order-phone">{summary.phone}</span>
        <span>
          <SigningTag summary={summary} />
        </span>
        <span className="order-upload">
          <UploadTag summary={summary} />
        </span>
        <time dateTime={new Date(summary.updatedAt).toISOString()}>
          {whenText(summary.updatedAt)}
        </time>
      </Link>
      <RowMenuButton summary={summary} onExport={onExport} />
    </>
  ),
);

/** The orders' rows; only those in view are drawn, so ten thousand are as quick as ten. */
export const OrderRows = ({ orders }: { orders: readonly OrderSummary[] }) => {
  const scroller = useRef<HTMLDivElement>(null);
  const [exporting, setExporting] = useState<string | null>(null);
  const virtual = useVirtualizer({
    count: orders.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => orders[index]?.id ?? index,
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const drawn = items.length > 0;
  useEffect(() => {
    // When the list became usable, for `npm run bench`.
    if (drawn) performance.mark('orders-shown');
  }, [drawn]);
  return (
    <div className="order-rows" ref={scroller}>
      <ul aria-label="工单" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const summary = orders[index];
          return (
            summary && (
              <li
                key={key}
                aria-setsize={orders.length}
                aria-posinset={index + 1}
                style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
              >
                <Row summary={summary} onExport={setExporting} />
              </li>
            )
          );
        })}
      </ul>
      {exporting && (
        <Suspense>
          <ExportDialog orders={[exporting]} onClose={() => setExporting(null)} />
        </Suspense>
      )}
    </div>
  );
};
