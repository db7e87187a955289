/** 文书: the printable documents, with their preview, print and save as. */
import { PrinterOutlined, SaveOutlined } from '@ant-design/icons';
import { Alert, App, Button, Spin, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { PRINTABLE } from '../../../domain/documents/index.ts';
import { problemsOf } from '../../../domain/order/check.ts';
import { DOCUMENT_TITLES, type DocumentId } from '../../../domain/order/dictionary.ts';
import { PdfPreview } from '../../documents/preview.tsx';
import {
  documentSignatures,
  documentsToSign,
  documentTitle,
  type SignaturePlace,
  signaturePlaces,
} from '../../documents/sign-documents.ts';
import { fileName } from '../../documents/sign-record.ts';
import { useServices } from '../../services.tsx';
import { focusField } from '../order/focus.ts';
import { useOrder } from '../order/open-order.tsx';
import { sectionPath } from '../order/sections.ts';
import { PrintPanel } from './print-panel.tsx';
import type { Paper } from './use-archive.ts';
import { type Printed, usePrinted } from './use-printed.ts';
import './documents.css';

/** Problems of a document as one button that goes to the first of them. */
const ProblemCount = ({ document }: { document: DocumentId }) => {
  const { problems } = useOrder();
  const mine = problemsOf(problems, document);
  const errors = mine.filter(({ severity }) => severity === 'error');
  const [first] = errors.length > 0 ? errors : mine;
  if (!first) return <Tag color="success">内容齐备</Tag>;
  return (
    <Button
      size="small"
      type="link"
      danger={errors.length > 0}
      className="document-problems"
      title={first.message}
      onClick={() => focusField(first.field)}
    >
      {errors.length > 0 ? `${errors.length} 项待解决` : `${mine.length} 项提醒`}
    </Button>
  );
};

const SignatureTag = (props: { document: DocumentId; places: readonly SignaturePlace[] }) => {
  const { standing, voided } = documentSignatures(props.places, props.document);
  if (voided > 0) return <Tag color="error">{voided} 个签名已失效</Tag>;
  if (standing === props.places.length) return <Tag color="success">已签齐</Tag>;
  return <Tag>{standing > 0 ? `已签 ${standing}/${props.places.length}` : '未签'}</Tag>;
};

/** Saves, with words for what is going on and what went wrong. */
const useSaving = () => {
  const { platform } = useServices();
  const { message } = App.useApp();
  const { order } = useOrder();
  const [busy, setBusy] = useState(false);
  const save = async (pdfs: readonly (readonly [DocumentId, Uint8Array])[]) => {
    setBusy(true);
    try {
      for (const [i, [document, bytes]] of pdfs.entries()) {
        const name = fileName(order.facts.orderNumber, document);
        const saved = await platform.saveFile(name, bytes, 'application/pdf');
        if (saved === null) return;
        // One message that counts: six over each other would hide the screen.
        const count = pdfs.length > 1 ? `（${i + 1}/${pdfs.length}）` : '';
        message.success({ key: 'saved', content: `已保存${count}：${saved}` });
      }
    } catch (error) {
      message.error(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, save };
};

const Row = (props: {
  document: DocumentId;
  printed: Printed | undefined;
  places: readonly SignaturePlace[];
  needed: boolean;
  shown: boolean;
  onShow: () => void;
  onPrint: () => void;
  saving: ReturnType<typeof useSaving>;
}) => {
  const { document, printed, places, needed, shown, onShow, onPrint, saving } = props;
  const { annex, title } = DOCUMENT_TITLES[document];
  const bytes = printed?.bytes;
  return (
    <li className="document-row" data-document={document} data-shown={shown}>
      <button type="button" className="document-name" aria-pressed={shown} onClick={onShow}>
        <span className="document-annex">{annex}</span>
        <span className="document-title">{title}</span>
        <span className="document-pages">
          {printed?.bytes ? `${printed.pages} 页` : printed ? '无法生成' : '生成中…'}
        </span>
      </button>
      <div className="document-states">
        {needed ? (
          <>
            <ProblemCount document={document} />
            <SignatureTag document={document} places={places} />
          </>
        ) : (
          <Tag>{document === 'evidence' ? '随签署生成，不用签' : '本单不需要'}</Tag>
        )}
      </div>
      <div className="document-actions">
        <Button icon={<PrinterOutlined />} disabled={!bytes} onClick={onPrint}>
          打印
        </Button>
        <Button
          icon={<SaveOutlined />}
          disabled={!bytes || saving.busy}
          onClick={() => bytes && saving.save([[document, bytes]])}
        >
          另存为
        </Button>
      </div>
    </li>
  );
};

/** Says that void signatures are left out, and where to sign again. */
const VoidNotice = ({ places }: { places: readonly SignaturePlace[] }) => {
  const { id } = useOrder();
  const [, navigate] = useLocation();
  const names = places
    .filter(({ state }) => state === 'void')
    .map(({ signature }) => signature?.name);
  if (names.length === 0) return null;
  return (
    <Alert
      type="error"
      showIcon
      title={`${names.join('、')}的签名已失效：签名后内容有改动。预览、打印和保存的文书上不画失效的签名；改回原来的内容自动恢复，否则请重新签署。`}
      action={<Button onClick={() => navigate(sectionPath(id, 'signing'))}>去签署</Button>}
    />
  );
};

export const DocumentsSection = () => {
  const { order } = useOrder();
  const printed = usePrinted(order, PRINTABLE);
  const places = useMemo(() => signaturePlaces(order), [order]);
  const needed = documentsToSign(order);
  const saving = useSaving();
  const [printing, setPrinting] = useState<readonly DocumentId[] | null>(null);
  const [chosen, setChosen] = useState<DocumentId | null>(null);
  const shown = chosen ?? needed[0] ?? 'acceptance';
  const current = printed.get(shown);

  const papers = PRINTABLE.flatMap((document): Paper[] => {
    const made = printed.get(document);
    return made?.bytes ? [{ document, bytes: made.bytes, pages: made.pages }] : [];
  });
  const ready = papers.filter(({ document }) => needed.includes(document));
  const complete = ready.length === needed.length;

  return (
    <div className="documents">
      <div className="documents-head">
        <p>预览、打印、保存和上传的是同一份文件。</p>
        <Button icon={<PrinterOutlined />} disabled={!complete} onClick={() => setPrinting(needed)}>
          全部打印
        </Button>
        <Button
          icon={<SaveOutlined />}
          disabled={!complete || saving.busy}
          onClick={() => saving.save(ready.map(({ document, bytes }) => [document, bytes]))}
        >
          全部另存为
        </Button>
      </div>
      <VoidNotice places={places} />
      <ul className="document-list">
        {PRINTABLE.map((document) => (
          <Row
            key={document}
            document={document}
            printed={printed.get(document)}
            places={places}
            needed={needed.includes(document)}
            shown={document === shown}
            onShow={() => setChosen(document)}
            onPrint={() => setPrinting([document])}
            saving={saving}
          />
        ))}
      </ul>
      {current?.problem && (
        <Alert
          type="error"
          showIcon
          title={current.problem.message}
          action={
            current.problem.field && (
              <Button onClick={() => focusField(current.problem.field ?? '')}>去修改</Button>
            )
          }
        />
      )}
      {current?.bytes && (
        <PdfPreview
          key={shown}
          bytes={current.bytes}
          label={`${documentTitle(shown)}的预览`}
          toolbar={documentTitle(shown)}
          flow="grow"
        />
      )}
      {!current && <Spin className="documents-wait" />}
      {printing && (
        <PrintPanel chosen={printing} current={papers} onClose={() => setPrinting(null)} />
      )}
    </div>
  );
};
