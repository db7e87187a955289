/** The signatory reads the pages, each document to its last page, or says that they did. */
import { CheckCircleFilled } from '@ant-design/icons';
import { Alert, Button, Checkbox } from 'antd';
import { useState } from 'react';
import { DOCUMENT_TITLES, type DocumentId } from '../../../domain/order/dictionary.ts';
import type { Problem } from '../../../domain/order/order.ts';
import { PdfPreview } from '../../documents/preview.tsx';
import { documentTitle } from '../../documents/sign-documents.ts';
import { ProblemList } from './problems-step.tsx';
import type { Reading } from './use-reading.ts';

interface ReadProps {
  readonly reading: Reading;
  readonly warnings: readonly Problem[];
  readonly onGo: (field: string) => void;
  readonly onRead: () => void;
}

export const ReadStep = ({ reading, warnings, onGo, onRead }: ReadProps) => {
  const { documents, pdfs } = reading;
  const [shown, setShown] = useState<DocumentId | undefined>(documents[0]);
  const [seen, setSeen] = useState<ReadonlySet<DocumentId>>(new Set());
  const [declared, setDeclared] = useState(false);
  const next = documents.find((document) => !seen.has(document) && document !== shown);
  const bytes = shown && pdfs.get(shown);

  return (
    <div className="signing-column">
      {warnings.length > 0 && (
        <details className="signing-warnings">
          <summary>有 {warnings.length} 项提醒，不影响签署，请看一看</summary>
          <ProblemList problems={warnings} onGo={onGo} />
        </details>
      )}
      <div className="signing-documents" role="tablist" aria-label="要签署的文书">
        {documents.map((document) => (
          <button
            key={document}
            type="button"
            role="tab"
            aria-selected={document === shown}
            data-document={document}
            onClick={() => setShown(document)}
          >
            <small>{DOCUMENT_TITLES[document].annex}</small>
            <span>{DOCUMENT_TITLES[document].title}</span>
            <em data-seen={seen.has(document)}>
              {seen.has(document) ? (
                <>
                  <CheckCircleFilled /> 已阅
                </>
              ) : (
                '未阅'
              )}
            </em>
          </button>
        ))}
      </div>
      {shown && bytes && (
        <PdfPreview
          key={shown}
          bytes={bytes}
          label={`${documentTitle(shown)}，请阅读`}
          toolbar={documentTitle(shown)}
          onSeen={(page, pages) => {
            if (page === pages) setSeen((before) => new Set(before).add(shown));
          }}
        />
      )}
      <footer className="signing-foot">
        <Checkbox checked={declared} onChange={(event) => setDeclared(event.target.checked)}>
          我已阅读以上文书
        </Checkbox>
        <span className="signing-space" />
        {next && !declared && (
          <Button size="large" onClick={() => setShown(next)}>
            下一份：{DOCUMENT_TITLES[next].annex ?? DOCUMENT_TITLES[next].title}
          </Button>
        )}
        <Button
          size="large"
          type="primary"
          disabled={!declared && seen.size < documents.length}
          onClick={onRead}
        >
          去签名
        </Button>
      </footer>
      {documents.length === 0 && <Alert type="info" title="这份工单没有需要签署的文书。" />}
    </div>
  );
};
