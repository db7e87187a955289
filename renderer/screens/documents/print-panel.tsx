/** What is printed, how often, on what: the small panel before paper comes out. */
import { PrinterOutlined } from '@ant-design/icons';
import { Alert, App, Checkbox, Input, InputNumber, Modal, Radio, Select } from 'antd';
import { useEffect, useId, useState } from 'react';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import type { Printers } from '../../../domain/shell/contract.ts';
import { printInDialog } from '../../documents/print-dialog.ts';
import { printDirectly } from '../../documents/print-direct.ts';
import { COPIES, parsePages, planSides, sheetCount } from '../../documents/print-plan.ts';
import { documentTitle } from '../../documents/sign-documents.ts';
import { useServices } from '../../services.tsx';
import { useOrder } from '../order/open-order.tsx';
import './print-panel.css';
import { type Paper, useArchive } from './use-archive.ts';

/** 一式四份, when the agreement does not say otherwise. */
const DEFAULT_COPIES = 4;
/** The way that is not a printer's name. */
const DIALOG = 'dialog';

/** The printers of this machine; null in a browser and until they are known. */
const usePrinters = (): Printers | null => {
  const { directPrint } = useServices().platform;
  const [printers, setPrinters] = useState<Printers | null>(null);
  useEffect(() => {
    // Without an answer the system's dialog is still there.
    directPrint?.printers().then(setPrinters, () => undefined);
  }, [directPrint]);
  return printers;
};

/** 第 3 页 or 第 3–5 页 */
const pageSpan = (first: number, count: number): string =>
  count === 1 ? `第 ${first} 页` : `第 ${first}–${first + count - 1} 页`;

interface Props {
  /** Ticked when the panel opens. */
  readonly chosen: readonly DocumentId[];
  /** The documents as they are now. */
  readonly current: readonly Paper[];
  readonly onClose: () => void;
}

export const PrintPanel = ({ chosen: first, current, onClose }: Props) => {
  const { order } = useOrder();
  const { directPrint } = useServices().platform;
  const { message } = App.useApp();
  const printers = usePrinters();
  const archive = useArchive();
  const id = useId();

  const [chosen, setChosen] = useState(first);
  const [source, setSource] = useState<'current' | 'archive'>('current');
  const [copies, setCopies] = useState(order.facts['agreement.copies'] ?? DEFAULT_COPIES);
  const [range, setRange] = useState('');
  const [doubleSided, setDoubleSided] = useState(false);
  const [way, setWay] = useState<string | null>(null);
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({
    busy: false,
    problem: null,
  });

  const papers = source === 'archive' ? archive : current;
  const printed = papers.filter(({ document }) => chosen.includes(document));
  const counts = printed.map(({ pages }) => pages);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const read = parsePages(range, total);
  const pages = 'pages' in read ? read.pages : [];
  const sides = planSides(counts, { pages, copies, doubleSided });

  const remembered = printers?.printers.find(({ name }) => name === printers.remembered);
  // The system's dialog, until somebody has printed directly.
  const chosenWay = way ?? remembered?.name ?? DIALOG;
  const printer = chosenWay === DIALOG ? null : chosenWay;
  const nameOf = (name: string) =>
    printers?.printers.find((each) => each.name === name)?.title ?? name;

  const print = async () => {
    setState({ busy: true, problem: null });
    const bytes = printed.map((paper) => paper.bytes);
    const onPage = (done: number) =>
      message.loading({ key: 'printing', content: `正在准备打印：第 ${done} 页`, duration: 0 });
    try {
      if (printer === null || !directPrint || !printers) {
        await printInDialog(bytes, sides, onPage);
      } else {
        const title = [order.facts.orderNumber ?? '工单', ...chosen.map(documentTitle)].join(' ');
        const job = { printer, takes: printers.takes, title: title.slice(0, 100), doubleSided };
        await printDirectly(directPrint, job, bytes, sides, onPage);
        message.success(`已交给打印机“${nameOf(printer)}”`);
      }
      onClose();
    } catch (error) {
      setState({ busy: false, problem: error instanceof Error ? error.message : String(error) });
    } finally {
      message.destroy('printing');
    }
  };

  let at = 1;
  const sheets = sheetCount(sides, doubleSided);
  return (
    <Modal
      open
      title="打印"
      className="print-panel"
      width={560}
      okText={sheets > 0 ? `打印 ${copies} 份，用纸 ${sheets} 张` : '打印'}
      okButtonProps={{
        icon: <PrinterOutlined />,
        disabled: sheets === 0 || 'error' in read,
        loading: state.busy,
      }}
      cancelText="取消"
      onOk={print}
      onCancel={onClose}
      destroyOnHidden
    >
      {archive.length > 0 && (
        <Radio.Group
          aria-label="打印哪一份"
          optionType="button"
          value={source}
          onChange={({ target }) => setSource(target.value)}
          options={[
            { value: 'current', label: '当前内容' },
            { value: 'archive', label: '签署时存档的文件' },
          ]}
        />
      )}
      <ul className="print-papers" aria-label="打印哪些文书">
        {papers.map(({ document, pages: count }) => {
          const ticked = chosen.includes(document);
          const span = ticked ? pageSpan(at, count) : `共 ${count} 页`;
          if (ticked) at += count;
          return (
            <li key={document}>
              <Checkbox
                checked={ticked}
                onChange={() =>
                  setChosen(ticked ? chosen.filter((d) => d !== document) : [...chosen, document])
                }
              >
                {documentTitle(document)}
              </Checkbox>
              <span>{span}</span>
            </li>
          );
        })}
      </ul>
      <div className="print-line">
        <label htmlFor={`${id}-copies`}>份数</label>
        <InputNumber
          id={`${id}-copies`}
          min={COPIES.least}
          max={COPIES.most}
          precision={0}
          suffix="份"
          value={copies}
          onChange={(value) => setCopies(value ?? COPIES.least)}
        />
        <span className="print-note">逐份打印</span>
      </div>
      <div className="print-line">
        <label htmlFor={`${id}-pages`}>页码</label>
        <Input
          id={`${id}-pages`}
          placeholder={`全部 ${total} 页；或如 1-3,5`}
          status={'error' in read ? 'error' : ''}
          value={range}
          onChange={({ target }) => setRange(target.value)}
        />
        {'error' in read && (
          <span className="print-error" role="alert">
            {read.error}
          </span>
        )}
      </div>
      <div className="print-line">
        <span />
        <Checkbox checked={doubleSided} onChange={({ target }) => setDoubleSided(target.checked)}>
          双面打印，每件文书从新的一张纸开始
        </Checkbox>
      </div>
      {printers && printers.printers.length > 0 && (
        <div className="print-line">
          <label htmlFor={`${id}-way`}>打印到</label>
          <Select
            id={`${id}-way`}
            value={chosenWay}
            onChange={setWay}
            options={[
              { value: DIALOG, label: '系统打印对话框' },
              ...printers.printers.map(({ name, title }) => ({
                value: name,
                label: `直接打印：${title}`,
              })),
            ]}
          />
        </div>
      )}
      {printer === null && (
        <p className="print-note">
          份数{doubleSided ? '和空白页' : ''}已经排好：系统对话框里的份数请保持 1
          {doubleSided ? '，并选择双面（长边翻转）' : ''}。
        </p>
      )}
      {printers?.remembered && !remembered && (
        <Alert
          type="warning"
          showIcon
          title={`上次用的打印机“${printers.remembered}”现在找不到。`}
        />
      )}
      {state.problem && <Alert type="error" showIcon title={state.problem} />}
    </Modal>
  );
};
