import { Alert, Button, Input, Modal, Progress, Radio } from 'antd';
import { useEffect, useId, useMemo, useState } from 'react';
import type { BundleRecipient } from '../../../domain/sync/bundle-key.ts';
import { PASSPHRASE_LENGTH } from '../../../domain/sync/bundle-key.ts';
import { type Exported, exportBundle } from '../../bundle/export.ts';
import { newPassphrase } from '../../bundle/passphrase.ts';
import { useServices, useWorking } from '../../services.tsx';
import { uploadStateOf } from '../../sync/upload-state.ts';
import './bundle.css';
import { OrderChoice } from './order-choice.tsx';

type Step =
  | { readonly step: 'choosing'; readonly problem: string | null }
  | { readonly step: 'writing'; readonly share: number }
  | { readonly step: 'done'; readonly exported: Exported };

const CHOOSING: Step = { step: 'choosing', problem: null };

/** Whom the file is for. */
type For = 'office' | 'passphrase';

const Recipient = (props: {
  office: boolean;
  chosen: For;
  onChosen: (chosen: For) => void;
  passphrase: string;
  onPassphrase: (passphrase: string) => void;
}) => {
  const { office, chosen, passphrase } = props;
  const id = useId();
  return (
    <fieldset className="bundle-part">
      <legend>谁能打开</legend>
      <Radio.Group
        className="bundle-radios"
        value={chosen}
        onChange={(event) => props.onChosen(event.target.value)}
      >
        <Radio value="office" disabled={!office}>
          只有后台
          <small>
            {office
              ? '交给后台导入，别人拿到U盘也打不开'
              : '本设备登记并联网一次之后才能用，现在请用口令'}
          </small>
        </Radio>
        <Radio value="passphrase">
          知道口令的人
          <small>后台和另一台设备都能导入</small>
        </Radio>
      </Radio.Group>
      {chosen === 'passphrase' && (
        <div className="bundle-passphrase">
          <label htmlFor={id}>文件口令</label>
          <div>
            <Input
              id={id}
              spellCheck={false}
              value={passphrase}
              onChange={(event) => props.onPassphrase(event.target.value)}
            />
            <Button onClick={() => props.onPassphrase(newPassphrase())}>换一个</Button>
          </div>
          <small>请抄下来另外告诉对方，不要和U盘放在一起。忘了口令，文件就打不开。</small>
        </div>
      )}
    </fieldset>
  );
};

const Done = ({ exported: { path, manifest } }: { exported: Exported }) => (
  <Alert
    type="success"
    showIcon
    title={`已导出 ${manifest.orders} 份工单`}
    description={
      <>
        <p className="bundle-path">{path}</p>
        <p>
          内容 {manifest.changes + manifest.states} 项，文件 {manifest.attachments} 个。
          {manifest.changes > 0 &&
            '这些内容仍在本机“待上传”：后台导入以后，本机联网收到回执才算已上传。'}
        </p>
      </>
    }
  />
);

/**
 * 导出到U盘: which orders, and who can open them.
 *
 * @param orders the orders that are chosen at first; none means all that are not uploaded
 */
export const ExportDialog = (props: { orders: readonly string[]; onClose: () => void }) => {
  const services = useServices();
  const summaries = useWorking((working) => working.summaries);
  const [all, setAll] = useState(props.orders.length === 0);
  const [chosen, setChosen] = useState(props.orders);
  const [office, setOffice] = useState<string | null>(null);
  const [whom, setWhom] = useState<For>('passphrase');
  const [passphrase, setPassphrase] = useState(newPassphrase);
  const [state, setState] = useState<Step>(CHOOSING);
  useEffect(() => {
    void services.store.bundles.officeKey().then((key) => {
      setOffice(key);
      if (key) setWhom('office');
    });
  }, [services]);
  const unsent = useMemo(
    () =>
      [...summaries.values()].filter(
        (summary) => uploadStateOf(summary, { sending: new Set() }) !== 'sent',
      ).length,
    [summaries],
  );

  const write = async () => {
    const recipient: BundleRecipient =
      whom === 'office' && office ? { office } : { passphrase: passphrase.trim() };
    setState({ step: 'writing', share: 0 });
    try {
      const exported = await exportBundle(services, {
        orders: all ? null : chosen,
        recipient,
        progress: (done, total) => setState({ step: 'writing', share: done / total }),
      });
      setState(exported ? { step: 'done', exported } : CHOOSING);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      setState({ step: 'choosing', problem: `没有导出：${reason}` });
    }
  };

  const tooShort = whom === 'passphrase' && passphrase.trim().length < PASSPHRASE_LENGTH;
  const count = all ? unsent : chosen.length;
  const writing = state.step === 'writing';
  return (
    <Modal
      open
      title="导出到U盘"
      width={640}
      onCancel={props.onClose}
      closable={!writing}
      mask={{ closable: false }}
      keyboard={!writing}
      footer={
        state.step === 'done' ? (
          <Button type="primary" onClick={props.onClose}>
            完成
          </Button>
        ) : (
          <>
            <Button onClick={props.onClose} disabled={writing}>
              取消
            </Button>
            <Button
              type="primary"
              loading={writing}
              disabled={count === 0 || tooShort}
              onClick={write}
            >
              选择位置并导出
            </Button>
          </>
        )
      }
    >
      {state.step === 'done' ? (
        <Done exported={state.exported} />
      ) : writing ? (
        <div className="bundle-progress">
          <p>正在加密并写入，写完之前请不要拔出U盘。</p>
          <Progress percent={Math.floor(state.share * 100)} />
        </div>
      ) : (
        <div className="bundle">
          <fieldset className="bundle-part">
            <legend>导出哪些工单</legend>
            <Radio.Group
              className="bundle-radios"
              value={all}
              onChange={(event) => setAll(event.target.value)}
            >
              <Radio value={true}>
                全部未上传（{unsent} 份）
                <small>连同还没上传的照片和 PDF</small>
              </Radio>
              <Radio value={false}>
                选择工单{!all && `（已选 ${chosen.length} 份）`}
                <small>连同它们的所有内容和文件</small>
              </Radio>
            </Radio.Group>
            {!all && <OrderChoice chosen={chosen} onChosen={setChosen} />}
          </fieldset>
          <Recipient
            office={office !== null}
            chosen={whom}
            onChosen={setWhom}
            passphrase={passphrase}
            onPassphrase={setPassphrase}
          />
          {tooShort && <p className="bundle-problem">口令至少 {PASSPHRASE_LENGTH} 个字符。</p>}
          {state.problem && <Alert type="error" showIcon title={state.problem} />}
        </div>
      )}
    </Modal>
  );
};
