/** 签署: the three signatories, what each has signed, and whether it still stands. */
import { EditOutlined } from '@ant-design/icons';
import { Alert, App, Button, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { v7 as uuid } from 'uuid';
import {
  SIGNATORY_ROLES,
  type SignatoryRole,
  type Signature,
} from '../../../domain/order/order.ts';
import {
  documentsToSign,
  documentTitle,
  type SignaturePlace,
  signaturePlaces,
} from '../../documents/sign-documents.ts';
import { writeRemoval } from '../../documents/sign-record.ts';
import { useSeals } from '../../seal/use-seals.ts';
import { useServices } from '../../services.tsx';
import { useOrder } from '../order/open-order.tsx';
import { SealPhotos } from './seal-photos.tsx';
import { closedFile, withoutRole } from './sign.ts';
import { SignaturePicture } from './signature-picture.tsx';
import { SigningFlow } from './signing-flow.tsx';
import { useChangedDocuments } from './use-changed.ts';
import { signedAtText } from './words.ts';
import './signing-section.css';

const STATES = {
  unsigned: { label: '未签', colour: 'default' },
  standing: { label: '已签', colour: 'success' },
  void: { label: '已失效', colour: 'error' },
} as const;

const titles = (documents: readonly Parameters<typeof documentTitle>[0][]): string =>
  documents.map(documentTitle).join('、');

const VoidReason = ({ signature }: { signature: Signature }) => {
  const { order } = useOrder();
  const changed = useChangedDocuments(order, signature);
  return (
    <Alert
      type="error"
      showIcon
      title={
        <>
          签名后内容有改动：
          <strong>{changed === null ? '正在比对…' : titles(changed)}</strong>
          。改回原来的内容，签名自动恢复有效；确要改动，请重新签署。
        </>
      }
    />
  );
};

const Place = (props: {
  place: SignaturePlace;
  onSign: () => void;
  onRemove: (name: string) => void;
}) => {
  const { role, signature, state, uncovered } = props.place;
  const { label, colour } = STATES[state];
  const name = `${SIGNATORY_ROLES[role]}签名`;
  return (
    <section className="signatory" data-role={role} data-state={state}>
      <header>
        <h3>{SIGNATORY_ROLES[role]}</h3>
        <Tag color={colour}>{label}</Tag>
      </header>
      {signature ? (
        <>
          <div className="signatory-signature">
            <div className="signatory-picture">
              <SignaturePicture strokes={signature.strokes} label={`${signature.name}的${name}`} />
              {state === 'void' && <span className="signatory-void">已失效</span>}
            </div>
            <dl>
              <dt>签署人</dt>
              <dd>{signature.name}</dd>
              <dt>时间</dt>
              <dd>{signedAtText(signature.signedAt)}</dd>
              <dt>文书</dt>
              <dd>
                {signature.documents.map((document) => (
                  <span key={document}>{documentTitle(document)}</span>
                ))}
              </dd>
            </dl>
          </div>
          {state === 'void' && <VoidReason signature={signature} />}
          {state === 'standing' && uncovered.length > 0 && (
            <Alert
              type="warning"
              showIcon
              title={`签名之后又需要：${titles(uncovered)}，请重新签署。`}
            />
          )}
        </>
      ) : (
        <p className="signatory-empty">还没有签署。</p>
      )}
      <footer>
        {signature && (
          <Button type="text" danger onClick={() => props.onRemove(signature.name)}>
            删除签名
          </Button>
        )}
        <Button
          type={state === 'standing' && uncovered.length === 0 ? 'default' : 'primary'}
          size="large"
          icon={<EditOutlined />}
          onClick={props.onSign}
        >
          {signature ? '重新签署' : '开始签署'}
        </Button>
      </footer>
    </section>
  );
};

export const SigningSection = () => {
  const open = useOrder();
  const { order } = open;
  const { store } = useServices();
  const seals = useSeals();
  const { message, modal } = App.useApp();
  const [signing, setSigning] = useState<SignatoryRole | null>(null);
  const places = useMemo(() => signaturePlaces(order), [order]);
  const documents = documentsToSign(order);

  const remove = async (role: SignatoryRole) => {
    const left = { order: withoutRole(order, role), seals };
    const signed = await closedFile(left, documents, await store.sealingKey());
    const { edits, attachments } = writeRemoval(open, role, signed, uuid);
    await open.commit(edits, attachments);
    message.success('签名已删除，记录仍留存备查。');
  };
  const askToRemove = (role: SignatoryRole, name: string) =>
    modal.confirm({
      title: `删除${name}的签名？`,
      content: '文书上不再有这个签名，需要时要请本人重新签署。',
      okText: '删除签名',
      okButtonProps: { danger: true },
      cancelText: '保留',
      onOk: () =>
        remove(role).catch((error: unknown) => {
          message.error(error instanceof Error ? error.message : String(error));
        }),
    });

  return (
    <div className="signing">
      <p className="signing-intro">
        要签署的文书：{titles(documents)}。每位签署人先阅读，再签名；签名同时写入这些文书。
      </p>
      <div className="signatories">
        {places.map((place) => (
          <Place
            key={place.role}
            place={place}
            onSign={() => setSigning(place.role)}
            onRemove={(name) => askToRemove(place.role, name)}
          />
        ))}
      </div>
      <SealPhotos documents={documents} />
      <SigningFlow
        role={signing}
        onClose={() => setSigning(null)}
        onSigned={() => {
          setSigning(null);
          message.success('已签署并保存。');
        }}
      />
    </div>
  );
};
