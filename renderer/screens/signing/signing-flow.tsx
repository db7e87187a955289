/** Signing, full screen: nothing wrong → read the pages → name and strokes → one commit. */
import { Alert, Button, Drawer, Spin, Steps } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { v7 as uuid } from 'uuid';
import { UnprintableError } from '../../../domain/documents/text.ts';
import { check } from '../../../domain/order/check.ts';
import { SIGNATORY_ROLES, type SignatoryRole } from '../../../domain/order/order.ts';
import { printProblem } from '../../documents/print-problem.ts';
import { documentsToSign } from '../../documents/sign-documents.ts';
import { writeSignature } from '../../documents/sign-record.ts';
import { useSeals } from '../../seal/use-seals.ts';
import { useServices, useWorking } from '../../services.tsx';
import { focusField } from '../order/focus.ts';
import { type OpenOrder, useOrder } from '../order/open-order.tsx';
import { ProblemsStep } from './problems-step.tsx';
import { ReadStep } from './read-step.tsx';
import { type Signing, sign, signingDevice } from './sign.ts';
import { type SignedBy, SignStep } from './sign-step.tsx';
import { type Reading, readingKey, useReading } from './use-reading.ts';
import './signing-flow.css';

const STEPS = [{ title: '核对' }, { title: '阅读' }, { title: '签名' }];

/** The order as it is now, also for work that began some renders ago. */
const useLatest = (open: OpenOrder & Signing) => {
  const latest = useRef(open);
  useEffect(() => {
    latest.current = open;
  });
  return latest;
};

interface FlowProps {
  readonly role: SignatoryRole;
  readonly onClose: () => void;
  readonly onSigned: () => void;
}

const Flow = ({ role, onClose, onSigned }: FlowProps) => {
  const open = useOrder();
  const { order, problems, reference } = open;
  const { store } = useServices();
  const seals = useSeals();
  const latest = useLatest({ ...open, seals });
  const { reading, problem, again } = useReading(order);
  const [read, setRead] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  // While the disk refuses, the commit is tried again and again: the signatory should know why.
  const saving = useWorking((working) => working.saving);

  const { errors, warnings } = useMemo(() => {
    const documents = documentsToSign(order);
    // What was typed but could not be read is not in the order: `check` cannot know of it.
    const unread = problems.filter(({ code }) => code === 'half-typed');
    const concerning = [...unread, ...check(order, reference, 'signing')].filter((each) =>
      each.documents.some((document) => documents.includes(document)),
    );
    return {
      errors: concerning.filter(({ severity }) => severity === 'error'),
      warnings: concerning.filter(({ severity }) => severity === 'warning'),
    };
  }, [order, problems, reference]);
  const changed = reading !== null && readingKey(order) !== readingKey(reading.order);

  const goTo = (field: string) => {
    onClose();
    focusField(field);
  };
  const readAgain = () => {
    setRead(false);
    setRefused(null);
    again(order);
  };

  const confirm = async (what: Reading, by: SignedBy) => {
    setRefused(null);
    try {
      const signatory = { role, ...by, device: await signingDevice(store) };
      const key = await store.sealingKey();
      const signed = await sign(what, signatory, key, () => latest.current);
      // Facts that changed while the signed pages were made: `changed` shows what to do.
      if (!signed) return;
      const { edits, attachments } = writeSignature(
        latest.current,
        signed.signature,
        { presented: what.pdfs, signed: signed.pdfs },
        uuid,
      );
      await latest.current.commit(edits, attachments);
      onSigned();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      setRefused(
        error instanceof UnprintableError
          ? `签名没有保存：${printProblem(order, error).message}`
          : `签名没有保存：${reason} 请重试。`,
      );
    }
  };

  const step = errors.length > 0 ? 0 : read && !changed ? 2 : 1;
  const body = () => {
    if (errors.length > 0) return <ProblemsStep errors={errors} onGo={goTo} />;
    if (problem)
      return (
        <Alert
          type="error"
          showIcon
          title={problem.message}
          action={
            problem.field ? (
              <Button onClick={() => goTo(problem.field ?? '')}>去修改</Button>
            ) : (
              <Button onClick={readAgain}>重试</Button>
            )
          }
        />
      );
    if (changed)
      return (
        <Alert
          type="warning"
          showIcon
          title="文书内容在阅读之后有改动，不能按原来读的签名。"
          description="请重新阅读改动后的文书，再签名。刚才没有保存任何签名。"
          action={
            <Button type="primary" onClick={readAgain}>
              重新阅读
            </Button>
          }
        />
      );
    if (!reading)
      return (
        <Spin size="large" description="正在生成文书…">
          <div className="signing-wait" />
        </Spin>
      );
    if (!read)
      return (
        <ReadStep reading={reading} warnings={warnings} onGo={goTo} onRead={() => setRead(true)} />
      );
    return (
      <SignStep
        role={role}
        reading={reading}
        refused={saving.state === 'failed' ? saving.message : refused}
        onBack={() => setRead(false)}
        onConfirm={(by) => confirm(reading, by)}
      />
    );
  };

  return (
    <div className="signing-flow">
      <header className="signing-head">
        <div className="signing-who">
          <strong>{SIGNATORY_ROLES[role]}</strong>
          <small>{order.facts['customer.name']}</small>
        </div>
        <Steps
          className="signing-steps"
          size="small"
          current={step}
          items={STEPS}
          responsive={false}
        />
        <Button onClick={onClose}>退出签署</Button>
      </header>
      <div className="signing-body">{body()}</div>
    </div>
  );
};

/** The flow over everything else; it starts afresh each time it is opened. */
export const SigningFlow = (props: {
  role: SignatoryRole | null;
  onClose: () => void;
  onSigned: () => void;
}) => (
  <Drawer
    open={props.role !== null}
    onClose={props.onClose}
    size="100%"
    placement="bottom"
    closable={false}
    // A stray key must not throw a signature away, nor the second click of two on the way in.
    keyboard={false}
    mask={{ closable: false }}
    destroyOnHidden
    aria-label="签署"
    styles={{ body: { padding: 0 } }}
  >
    {props.role && <Flow role={props.role} onClose={props.onClose} onSigned={props.onSigned} />}
  </Drawer>
);
