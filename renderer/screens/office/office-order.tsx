/** One received order: facts by section, extensions, roster, signatures, PDFs. */
import { EyeOutlined, SaveOutlined } from '@ant-design/icons';
import { Alert, App, Button, Drawer, Table, Tag } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import {
  EXTENSION_FACTS,
  FACT_KEYS,
  FACT_SECTIONS,
  type FactValue,
  factDefinition,
  MEMBER_FACTS,
  type RowFactDefinition,
} from '../../../domain/order/dictionary.ts';
import { type Order, SIGNATORY_ROLES } from '../../../domain/order/order.ts';
import { signatureState } from '../../../domain/order/signature.ts';
import type { Rounds } from '../../../domain/review/wire.ts';
import type { Attachment } from '../../../domain/sync/assemble.ts';
import type { FieldState } from '../../../domain/sync/wire.ts';
import { PdfPreview } from '../../documents/preview.tsx';
import { valueText } from '../../documents/print-names.ts';
import { documentTitle } from '../../documents/sign-documents.ts';
import { useServices } from '../../services.tsx';
import { cellLabel } from '../order/words.ts';
import { SignaturePicture } from '../signing/signature-picture.tsx';
import { signedAtText } from '../signing/words.ts';
import { receivedOrder } from './received.ts';
import { Pin, RemarksProvider } from './remarks.tsx';
import { ReviewCard } from './review-card.tsx';
import { useReview } from './use-review.ts';

const Part = (props: { title: string; note?: string; children: ReactNode }) => (
  <section className="office-part">
    <h2>
      {props.title}
      {props.note && <small>{props.note}</small>}
    </h2>
    {props.children}
  </section>
);

const Facts = ({ id, order }: { id: string; order: Order }) =>
  Object.entries(FACT_SECTIONS).map(([section, title]) => {
    const filled = FACT_KEYS.flatMap((key) => {
      const { label, type, section: own } = factDefinition(key);
      const value = order.facts[key];
      return own === section && value !== undefined
        ? [{ key, label, text: valueText(type, value) }]
        : [];
    });
    if (filled.length === 0) return null;
    return (
      <Part key={section} title={title}>
        <dl className="office-facts">
          {filled.map(({ key, label, text }) => (
            <div key={key} data-field={key}>
              <dt>{label}</dt>
              <dd>
                {text}
                <Pin record={id} field={key} label={label} />
              </dd>
            </div>
          ))}
        </dl>
      </Part>
    );
  });

/** Rows by their dictionary, without the columns that nobody filled. */
const Rows = (props: {
  title: string;
  /** What its fields begin with in the change log. */
  prefix: string;
  /** Records of the rows. */
  ids: readonly string[];
  table: Readonly<Record<string, RowFactDefinition>>;
  rows: readonly Readonly<Record<string, FactValue | undefined>>[];
}) => {
  const { title, prefix, ids, table, rows } = props;
  if (rows.length === 0) return null;
  const columns = Object.entries(table).filter(([key]) =>
    rows.some((row) => row[key] !== undefined && row[key] !== ''),
  );
  return (
    <Part title={title} note={`${rows.length} 个`}>
      <Table
        size="small"
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        dataSource={rows.map((row, index) => ({ row, index }))}
        rowKey="index"
        columns={columns.map(([key, { label, type }]) => ({
          title: label,
          key,
          render: (_, { row, index }) => {
            const value = row[key];
            const text = value === undefined ? '' : valueText(type, value);
            const record = ids[index];
            return record ? (
              <>
                {text}
                <Pin record={record} field={prefix + key} label={cellLabel(title, index, label)} />
              </>
            ) : (
              text
            );
          },
        }))}
      />
    </Part>
  );
};

const Signatures = ({ order }: { order: Order }) => (
  <Part title="签名" note={`${order.signatures.length} 个`}>
    {order.signatures.length === 0 && <p className="office-none">还没有签名。</p>}
    <div className="office-signatures">
      {order.signatures.map((signature) => {
        const standing = signatureState(order, signature) === 'standing';
        return (
          <figure key={signature.digest} data-state={standing ? 'standing' : 'void'}>
            <SignaturePicture strokes={signature.strokes} label={`${signature.name}的签名`} />
            <figcaption>
              <strong>{signature.name}</strong>{' '}
              <Tag color={standing ? 'success' : 'error'}>{standing ? '有效' : '已失效'}</Tag>
              <br />
              {SIGNATORY_ROLES[signature.role]}
              <br />
              {signedAtText(signature.signedAt)}
              {signature.documents.map((document) => (
                <span key={document}>{documentTitle(document)}</span>
              ))}
            </figcaption>
          </figure>
        );
      })}
    </div>
  </Part>
);

const PURPOSES: Readonly<Record<Attachment['purpose'], string>> = {
  signed: '已签',
  presented: '签署前阅读的',
  customerSeal: '甲方公章照片',
  carrierSeal: '乙方公章照片',
};

/** What was signed first, then what had been read. */
const signedFirst = (files: readonly Attachment[]): Attachment[] =>
  [...files].sort((a, b) => Number(a.purpose === 'presented') - Number(b.purpose === 'presented'));

const Files = ({ files }: { files: readonly Attachment[] }) => {
  const { sync, platform } = useServices();
  const { message } = App.useApp();
  const [open, setOpen] = useState<{ file: Attachment; bytes: Uint8Array } | null>(null);
  const [busy, setBusy] = useState<string | null>(null);

  const withBytes = async (file: Attachment, use: (bytes: Uint8Array) => unknown) => {
    setBusy(file.id);
    try {
      await use(await sync.office.attachment(file.sha256));
    } catch (error) {
      message.error(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(null);
    }
  };
  const save = (file: Attachment) => async (bytes: Uint8Array) => {
    const saved = await platform.saveFile(file.name, bytes, file.type);
    if (saved !== null) message.success(`已保存：${saved}`);
  };

  return (
    <Part title="文书文件" note={`${files.length} 个`}>
      {files.length === 0 && <p className="office-none">还没有文书文件。</p>}
      <ul className="office-files">
        {files.map((file) => (
          <li key={file.id}>
            <div>
              <strong>{documentTitle(file.document)}</strong>
              <small>
                {PURPOSES[file.purpose]} · {Math.ceil(file.size / 1024)} KB
              </small>
            </div>
            <Button
              icon={<EyeOutlined />}
              loading={busy === file.id}
              onClick={() => withBytes(file, (bytes) => setOpen({ file, bytes }))}
            >
              查看
            </Button>
            <Button icon={<SaveOutlined />} onClick={() => withBytes(file, save(file))}>
              另存为
            </Button>
          </li>
        ))}
      </ul>
      <Drawer
        open={open !== null}
        onClose={() => setOpen(null)}
        size="min(1000px, 100%)"
        title={open?.file.name}
        destroyOnHidden
        styles={{ body: { display: 'flex', flexDirection: 'column' } }}
      >
        {open && <PdfPreview bytes={open.bytes} label={`${open.file.name}的预览`} />}
      </Drawer>
    </Part>
  );
};

export const OfficeOrderView = (props: {
  id: string;
  fields: readonly FieldState[];
  rounds: Rounds;
  refresh: () => void;
}) => {
  const { id, fields } = props;
  const received = useMemo(() => receivedOrder(id, fields), [id, fields]);
  const { order, attachments, extensionIds, memberIds } = received;
  const review = useReview(props);
  if (fields.length === 0) return <Alert type="warning" showIcon title="后台没有这份工单。" />;
  return (
    <RemarksProvider value={review.remarks}>
      <div className="office-order">
        <h2 className="office-title">
          {order.facts['customer.name'] ?? '未填集团名称'}
          <small>{order.facts.orderNumber}</small>
        </h2>
        <ReviewCard id={id} now={received} {...review} />
        <Signatures order={order} />
        <Files files={signedFirst(attachments)} />
        <Facts id={id} order={order} />
        <Rows
          title="分机"
          prefix="extension."
          ids={extensionIds}
          table={EXTENSION_FACTS}
          rows={order.extensions}
        />
        <Rows
          title="成员"
          prefix="member."
          ids={memberIds}
          table={MEMBER_FACTS}
          rows={order.members}
        />
      </div>
    </RemarksProvider>
  );
};
