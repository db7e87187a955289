/** 验证: whether sealed files are still what was sealed, offline. Nothing of them is kept. */
import { FileSearchOutlined } from '@ant-design/icons';
import { Alert, Button, Tag } from 'antd';
import { type DragEvent, useRef, useState } from 'react';
import { type FileState, type Verdict, verifyFile } from '../../../domain/evidence/verify.ts';
import { LIMITS_OF_SEAL, STATE_WORDS, verdictLines } from '../../../domain/evidence/words.ts';
import { parseOrderFile } from '../../../domain/order/file.ts';
import type { Order } from '../../../domain/order/order.ts';
import { Group } from '../order/group.tsx';
import { Page } from '../order/page.tsx';
import './verify.css';

interface Checked {
  readonly name: string;
  /** Null for what is no PDF. */
  readonly verdict: Verdict | null;
}

const COLOURS: Readonly<Record<FileState, string>> = {
  intact: 'success',
  extended: 'warning',
  changed: 'error',
  unsealed: 'default',
};

const Result = ({ checked: { name, verdict }, order }: { checked: Checked; order: boolean }) => {
  if (!verdict) return <Alert type="error" showIcon title={`${name}：不是 PDF 文件`} />;
  const { state, reasons } = verdict;
  const { title, meaning } = STATE_WORDS[state];
  return (
    <article className="verdict" data-state={state}>
      <header>
        <Tag color={COLOURS[state]}>{title}</Tag>
        <strong>{name}</strong>
        <span>{meaning}</span>
      </header>
      {reasons.length > 0 && (
        <ul className="verdict-reasons">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <dl>
        {verdictLines(verdict).map(([label, text]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {state === 'intact' && (
        <p>{order ? LIMITS_OF_SEAL.withOrder : LIMITS_OF_SEAL.withoutOrder}</p>
      )}
    </article>
  );
};

const isOrderFile = ({ name }: File): boolean => name.toLowerCase().endsWith('.json');

export const VerifyScreen = () => {
  const input = useRef<HTMLInputElement>(null);
  const [order, setOrder] = useState<{ name: string; order: Order } | null>(null);
  const [pdfs, setPdfs] = useState<readonly { name: string; bytes: Uint8Array }[]>([]);
  const [problem, setProblem] = useState<string | null>(null);

  const add = async (files: readonly File[]) => {
    setProblem(null);
    for (const file of files.filter(isOrderFile)) {
      const read = parseOrderFile(await file.text());
      if ('order' in read) setOrder({ name: file.name, order: read.order });
      else setProblem(`${file.name} 不是能读的工单文件：${read.errors[0]?.message ?? ''}`);
    }
    const chosen = await Promise.all(
      files
        .filter((file) => !isOrderFile(file))
        .map(async (file) => ({
          name: file.name,
          bytes: new Uint8Array(await file.arrayBuffer()),
        })),
    );
    if (chosen.length > 0) setPdfs(chosen);
  };
  const take = (files: Iterable<File>) =>
    void add([...files]).catch((error: unknown) => setProblem(`文件无法读取：${String(error)}`));
  const drop = (event: DragEvent) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  };

  return (
    <Page title="验证" says="在本机完成，不需要网络，文件不会上传">
      <Group title="选择文件" note="已签的 PDF，可多选；同时选择工单文件（.json）可核对工单内容">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button does the same */}
        <div className="verify-drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
          <input
            ref={input}
            type="file"
            multiple
            hidden
            accept=".pdf,.json,application/pdf,application/json"
            aria-label="要验证的文件"
            onChange={(event) => {
              take(event.target.files ?? []);
              event.target.value = ''; // the same file can be chosen again
            }}
          />
          <Button
            type="primary"
            size="large"
            icon={<FileSearchOutlined />}
            onClick={() => input.current?.click()}
          >
            选择文件
          </Button>
          <span>或把文件拖到这里</span>
          {order && (
            <Tag closable onClose={() => setOrder(null)}>
              核对工单：{order.name}
            </Tag>
          )}
        </div>
        {problem && <Alert type="error" showIcon title={problem} />}
      </Group>
      {pdfs.length > 0 && (
        <Group title="结果">
          <div className="verdicts">
            {pdfs.map(({ name, bytes }) => (
              <Result
                key={name}
                checked={{ name, verdict: verifyFile(bytes, order?.order) }}
                order={order !== null}
              />
            ))}
            <p className="verify-limit">{LIMITS_OF_SEAL.always}</p>
          </div>
        </Group>
      )}
    </Page>
  );
};
