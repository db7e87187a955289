/** The photos of both parties' seals: chosen or taken, placed in their boxes, or taken away again. */
import { CameraOutlined, PictureOutlined } from '@ant-design/icons';
import { Alert, App, Button } from 'antd';
import { useRef, useState } from 'react';
import { v7 as uuid } from 'uuid';
import type { Party } from '../../../domain/documents/template/ast.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import { withStandingSignatures } from '../../documents/sign-documents.ts';
import { writeSigned } from '../../documents/sign-record.ts';
import { checkRoomForPhoto } from '../../platform/disk.ts';
import { pictureOf, sealPhoto, writeSeal } from '../../seal/photos.ts';
import { useSeals } from '../../seal/use-seals.ts';
import { useServices } from '../../services.tsx';
import { useOrder } from '../order/open-order.tsx';
import { closedFile } from './sign.ts';

const NAMES: Readonly<Record<Party, string>> = { customer: '甲方公章', carrier: '乙方公章' };

const SealPhoto = (props: { party: Party; documents: readonly DocumentId[] }) => {
  const { party, documents } = props;
  const open = useOrder();
  const { platform, store } = useServices();
  const { message } = App.useApp();
  const seals = useSeals();
  const file = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const picture = seals[party];

  /** Keeps the photo and, when somebody signed, closes the file again with it. */
  const place = async (photo: Blob | null) => {
    setBusy(true);
    setProblem(null);
    try {
      if (photo) checkRoomForPhoto(await platform.diskSpace());
      const bytes = photo && (await sealPhoto(photo));
      const after = { ...seals, [party]: bytes ? await pictureOf(bytes) : undefined };
      const order = withStandingSignatures(open.order);
      const closed = await closedFile({ order, seals: after }, documents, await store.sealingKey());
      const kept = writeSeal(open.id, open.attachments, party, bytes, uuid);
      const signed = writeSigned(open, closed, uuid);
      await open.commit(
        [...kept.edits, ...signed.edits],
        [...kept.attachments, ...signed.attachments],
      );
      message.success(bytes ? `${NAMES[party]}已放到盖章处。` : `${NAMES[party]}已移除。`);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  const input = (ref: typeof file, label: string, capture: boolean) => (
    <input
      ref={ref}
      type="file"
      hidden
      aria-label={label}
      accept="image/jpeg,image/png"
      {...(capture ? { capture: 'environment' } : {})}
      onChange={(event) => {
        const [chosen] = event.target.files ?? [];
        event.target.value = ''; // the same photo can be chosen again
        if (chosen) void place(chosen);
      }}
    />
  );
  return (
    <section className="seal-photo" data-party={party}>
      <h3>{NAMES[party]}</h3>
      <div className="seal-picture">
        {picture ? <img src={picture.url} alt={`${NAMES[party]}照片`} /> : <span>没有照片</span>}
      </div>
      {input(file, `选择${NAMES[party]}照片`, false)}
      {input(camera, `拍摄${NAMES[party]}`, true)}
      <footer>
        <Button icon={<PictureOutlined />} loading={busy} onClick={() => file.current?.click()}>
          {picture ? '换一张' : '选择照片'}
        </Button>
        <Button icon={<CameraOutlined />} disabled={busy} onClick={() => camera.current?.click()}>
          拍照
        </Button>
        {picture && (
          <Button type="text" danger disabled={busy} onClick={() => void place(null)}>
            移除
          </Button>
        )}
      </footer>
      {problem && <Alert type="error" showIcon title={problem} />}
    </section>
  );
};

export const SealPhotos = ({ documents }: { documents: readonly DocumentId[] }) => (
  <div className="seal-photos">
    <p>公章可拍照或选图，按实物大小放到业务受理单和协议的盖章处；纸质件上仍可加盖实章。</p>
    <SealPhoto party="customer" documents={documents} />
    <SealPhoto party="carrier" documents={documents} />
  </div>
);
