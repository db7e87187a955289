/** Who signs, and the pad. */
import { ClearOutlined, UndoOutlined } from '@ant-design/icons';
import { Alert, Button, Input } from 'antd';
import { useState } from 'react';
import type { FactKey } from '../../../domain/order/dictionary.ts';
import type { SignatoryRole, Stroke } from '../../../domain/order/order.ts';
import { documentTitle } from '../../documents/sign-documents.ts';
import { canSeal } from '../../seal/can-seal.ts';
import { type Ink, inkProblem, NO_INK } from './ink.ts';
import { SignaturePad } from './signature-pad.tsx';
import type { Reading } from './use-reading.ts';

/** The fact that names who is expected to sign. */
const EXPECTED: Readonly<Record<SignatoryRole, FactKey>> = {
  customerRepresentative: 'customer.representative',
  carrierRepresentative: 'carrier.representative',
  carrierAgent: 'carrier.accountManager',
};

export interface SignedBy {
  readonly name: string;
  readonly strokes: readonly Stroke[];
}

interface SignProps {
  readonly role: SignatoryRole;
  readonly reading: Reading;
  /** Why the last try was not taken. */
  readonly refused: string | null;
  readonly onBack: () => void;
  readonly onConfirm: (by: SignedBy) => Promise<void>;
}

export const SignStep = ({ role, reading, refused, onBack, onConfirm }: SignProps) => {
  const expected = reading.order.facts[EXPECTED[role]];
  const [name, setName] = useState(typeof expected === 'string' ? expected : '');
  const [ink, setInk] = useState<Ink>(NO_INK);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);

  const { strokes } = ink;
  const nameProblem = name.trim() === '' ? '请填写签署人姓名。' : null;
  const problem = nameProblem ?? inkProblem(strokes);
  const shown = tried ? (problem ?? refused) : refused;

  const undo = () => setInk({ ...ink, strokes: strokes.slice(0, -1) });
  const confirm = async () => {
    setTried(true);
    if (problem) return;
    setBusy(true);
    await onConfirm({ name: name.trim(), strokes });
    setBusy(false);
  };

  return (
    <div className="signing-column signing-centred">
      <div className="signing-name">
        <label htmlFor="signatory-name">签署人姓名</label>
        <Input
          id="signatory-name"
          size="large"
          value={name}
          maxLength={30}
          status={tried && nameProblem ? 'error' : ''}
          onChange={(event) => setName(event.target.value)}
        />
        <span className="signing-space" />
        <Button
          size="large"
          icon={<UndoOutlined />}
          disabled={strokes.length === 0 || busy}
          onClick={undo}
        >
          撤销一笔
        </Button>
        <Button
          size="large"
          icon={<ClearOutlined />}
          disabled={strokes.length === 0 || busy}
          onClick={() => setInk(NO_INK)}
        >
          清除
        </Button>
      </div>
      <SignaturePad ink={ink} onInk={setInk} label={`签名板，已写 ${strokes.length} 笔`} />
      <div className="signing-message">
        {shown ? (
          <Alert type="error" showIcon title={shown} />
        ) : (
          <p>
            本人已阅读
            {reading.documents
              .map(documentTitle)
              .map((title) => `《${title}》`)
              .join('')}
            ，签名将写入这些文书。
            {!canSeal() &&
              '此网页不是经 HTTPS 打开的，签署后的文件不会封存；需要封存请改用桌面版。'}
          </p>
        )}
      </div>
      <footer className="signing-foot">
        <Button size="large" onClick={onBack} disabled={busy}>
          返回阅读
        </Button>
        <span className="signing-space" />
        <Button size="large" type="primary" loading={busy} onClick={confirm}>
          确认签署
        </Button>
      </footer>
    </div>
  );
};
