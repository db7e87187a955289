/** Takes the chosen orders away: as a table, or their PDFs in a ZIP. */
import { ExportOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, Modal, Progress } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { REVIEW_LIMITS } from '../../../domain/review/review.ts';
import type { ExportFormat } from '../../../domain/review/wire.ts';
import { useServices } from '../../services.tsx';
import { entriesOf, type ZipProgress, zipOf } from './archive.ts';
import { csvOf, tableOf, xlsxOf } from './table.ts';

const FORMATS: Readonly<Record<ExportFormat, { label: string; type: string }>> = {
  xlsx: {
    label: 'Excel 表格（.xlsx）',
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  },
  csv: { label: 'CSV 表格（.csv）', type: 'text/csv' },
  zip: { label: '全部 PDF（.zip）', type: 'application/zip' },
};
const isFormat = (key: string): key is ExportFormat => Object.hasOwn(FORMATS, key);

interface Running extends ZipProgress {
  readonly cancel: AbortController;
}

/** Ends when a person cancels: nobody waits for what is under way on a slow line. */
const cancelled = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

export const ExportButton = ({ orders }: { orders: readonly string[] }) => {
  const { sync, platform } = useServices();
  const { message } = App.useApp();
  const [running, setRunning] = useState<Running | null>(null);

  const make = async (format: ExportFormat, cancel: AbortController) => {
    const exported = await sync.office.export(orders, format);
    cancel.signal.throwIfAborted();
    if (format === 'csv') return csvOf(tableOf(exported));
    if (format === 'xlsx') return xlsxOf(tableOf(exported));
    const entries = entriesOf(exported);
    if (entries.length === 0) throw new Error('所选工单还没有收到 PDF。');
    return zipOf(
      entries,
      (sha256) => sync.office.attachment(sha256),
      (progress) => {
        if (!cancel.signal.aborted) setRunning({ ...progress, cancel });
      },
      { signal: cancel.signal, most: REVIEW_LIMITS.exportedBytes },
    );
  };
  const run = async (format: ExportFormat) => {
    const cancel = new AbortController();
    setRunning({ done: 0, total: orders.length, cancel });
    try {
      const bytes = await Promise.race([make(format, cancel), cancelled(cancel.signal)]);
      const name = `工单导出-${dayjs().format('YYYYMMDD-HHmm')}.${format}`;
      const saved = await platform.saveFile(name, bytes, FORMATS[format].type);
      if (saved !== null) message.success(`已导出 ${orders.length} 份工单：${saved}`);
    } catch (error) {
      if (cancel.signal.aborted) message.info('已取消导出。');
      else message.error(error instanceof Error ? error.message : String(error));
    } finally {
      setRunning(null);
    }
  };

  const tooMany = orders.length > REVIEW_LIMITS.exported;
  return (
    <>
      <Dropdown
        disabled={orders.length === 0 || tooMany}
        menu={{
          items: Object.entries(FORMATS).map(([key, { label }]) => ({ key, label })),
          onClick: ({ key }) => {
            if (isFormat(key)) void run(key);
          },
        }}
      >
        <Button
          icon={<ExportOutlined />}
          title={tooMany ? `一次最多导出 ${REVIEW_LIMITS.exported} 份` : '先在列表中勾选工单'}
        >
          导出{orders.length > 0 && ` ${orders.length} 份`}
        </Button>
      </Dropdown>
      <Modal
        open={running !== null}
        title="正在导出"
        closable={false}
        footer={<Button onClick={() => running?.cancel.abort()}>取消</Button>}
      >
        {running && (
          <Progress
            percent={Math.floor((100 * running.done) / Math.max(1, running.total))}
            format={() => `${running.done}/${running.total}`}
          />
        )}
      </Modal>
    </>
  );
};
