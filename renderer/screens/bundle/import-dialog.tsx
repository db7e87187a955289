import { Alert, Button, Input, Modal, Progress } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react';
import { BundleError } from '../../../domain/sync/bundle-error.ts';
import type { BundleAnswer } from '../../../domain/sync/wire.ts';
import { handInBundle, type Merged, mergeBundle, recipientOf } from '../../bundle/import.ts';
import { useServices } from '../../services.tsx';
import { ServiceError } from '../../sync/index.ts';
import './bundle.css';

/** `here`: merges into this device what it can read; `office`: hands everything in at the service. */
export type ImportPlace = 'here' | 'office';

type Asked = 'passphrase' | 'owner';
type Step =
  | { readonly step: 'working'; readonly share: number }
  | { readonly step: 'asking'; readonly asked: Asked; readonly problem: string | null }
  | { readonly step: 'merged'; readonly merged: Merged }
  | { readonly step: 'handed-in'; readonly answer: BundleAnswer }
  | { readonly step: 'failed'; readonly problem: string };

const UNREADABLE = '文件读不出来，请确认U盘还插着，再试一次。';
const OFFLINE = '连不上同步服务。这个文件要交给后台才能打开：请联网后再试，或把U盘交给后台。';

const problemOf = (error: unknown): string => {
  if (error instanceof ServiceError && error.isUnreachable) return OFFLINE;
  if (error instanceof DOMException) return UNREADABLE;
  return error instanceof Error ? error.message : String(error);
};

const codeOf = (error: unknown): string =>
  error instanceof BundleError || error instanceof ServiceError ? error.code : '';

/** What a refusal asks for; null when nothing a person types would help. */
const askedBy = (code: string): Asked | null =>
  code === 'passphrase-needed' || code === 'wrong-passphrase'
    ? 'passphrase'
    : code === 'stranger' || code === 'unknown-account'
      ? 'owner'
      : null;

const ASKED: Readonly<Record<Asked, { label: string; note: string }>> = {
  passphrase: { label: '文件口令', note: '导出的人设定的口令。' },
  owner: {
    label: '工单归谁（用户名）',
    note: '导出这个文件的设备没有登记过，请写明其中的工单归哪位装维人员，填其用户名。',
  },
};

const Ask = (props: { asked: Asked; problem: string | null; onAnswer: (text: string) => void }) => {
  const { asked, problem } = props;
  const [text, setText] = useState('');
  const id = useId();
  const { label, note } = ASKED[asked];
  return (
    <form className="bundle" action={() => props.onAnswer(text.trim())}>
      <div className="bundle-passphrase">
        <label htmlFor={id}>{label}</label>
        <div>
          <Input
            id={id}
            autoFocus
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Button htmlType="submit" type="primary" disabled={text.trim() === ''}>
            导入
          </Button>
        </div>
        <small>{note}</small>
      </div>
      {problem && <Alert type="error" showIcon title={problem} />}
    </form>
  );
};

const MergedNote = ({ by, madeAt, orders, news, files }: Merged) => (
  <Alert
    type="success"
    showIcon
    title={news + files > 0 ? `已导入 ${orders} 份工单` : '这个文件里的内容本机都有，没有变化'}
    description={
      <p>
        由 {by || '未登记的设备'} 于 {dayjs(madeAt).format('M月D日 HH:mm')} 导出。
        {news + files > 0 &&
          `新内容 ${news} 项，新文件 ${files} 个。联网后本机也会上传，后台不会重复。`}
      </p>
    }
  />
);

const HandedInNote = ({ orders, changes, news, newAttachments, rejections }: BundleAnswer) => (
  <>
    <Alert
      type="success"
      showIcon
      title={
        news + newAttachments > 0
          ? `后台已收下 ${orders} 份工单`
          : '这个文件里的内容后台都有，没有变化'
      }
      description={
        <p>
          共 {changes} 项内容，其中新收下 {news} 项；新文件 {newAttachments} 个。
        </p>
      }
    />
    {rejections.length > 0 && (
      <Alert
        type="warning"
        showIcon
        title={`有 ${rejections.length} 项没有收下`}
        description={<p>{[...new Set(rejections.map(({ message }) => message))].join('；')}</p>}
      />
    )}
  </>
);

/** Takes in a bundle: asks for what it needs, shows how far it is and what became of it. */
export const ImportDialog = (props: { file: File; place: ImportPlace; onClose: () => void }) => {
  const { file, place } = props;
  const services = useServices();
  const [state, setState] = useState<Step>({ step: 'working', share: 0 });
  const passphrase = useRef<string | null>(null);

  const attempt = useCallback(
    async (answers: { passphrase?: string; owner?: string }) => {
      passphrase.current = answers.passphrase ?? passphrase.current;
      const progress = (share: number) => setState({ step: 'working', share });
      progress(0);
      try {
        const isForOffice = (await recipientOf(file)) === 'office';
        if (!isForOffice && passphrase.current === null) {
          throw new BundleError('passphrase-needed');
        }
        // Whoever is not an installer keeps no orders of the own.
        const { role } = await services.store.sealed.identity();
        const isKept = place === 'here' && (role === null || role === 'installer');
        if (!isForOffice && passphrase.current !== null && isKept) {
          const merged = await mergeBundle(services, file, passphrase.current, progress);
          services.sync.tryNow();
          setState({ step: 'merged', merged });
          return;
        }
        const given = { passphrase: passphrase.current, owner: answers.owner ?? null };
        const answer = await handInBundle(services, file, given, progress);
        setState({ step: 'handed-in', answer });
      } catch (error) {
        const code = codeOf(error);
        const asked = askedBy(code);
        // That a passphrase is needed is no mistake of anybody's.
        const problem =
          code === 'passphrase-needed' || code === 'stranger' ? null : problemOf(error);
        setState(
          asked
            ? { step: 'asking', asked, problem }
            : { step: 'failed', problem: problemOf(error) },
        );
      }
    },
    [services, file, place],
  );
  useEffect(() => {
    void attempt({});
  }, [attempt]);

  const working = state.step === 'working';
  let content: ReactNode;
  if (state.step === 'working') {
    content = (
      <div className="bundle-progress">
        <p>正在读取和核对，完成之前请不要拔出U盘。</p>
        <Progress percent={Math.floor(state.share * 100)} />
      </div>
    );
  } else if (state.step === 'asking') {
    const { asked, problem } = state;
    content = (
      <Ask
        key={asked}
        asked={asked}
        problem={problem}
        onAnswer={(text) => attempt({ [asked]: text })}
      />
    );
  } else if (state.step === 'merged') content = <MergedNote {...state.merged} />;
  else if (state.step === 'handed-in') content = <HandedInNote {...state.answer} />;
  else {
    content = (
      <Alert
        type="error"
        showIcon
        title="没有导入，原有的内容没有变化"
        description={<p>{state.problem}</p>}
      />
    );
  }
  return (
    <Modal
      open
      title={`导入 ${file.name}`}
      width={560}
      onCancel={props.onClose}
      closable={!working}
      mask={{ closable: false }}
      keyboard={!working}
      footer={
        <Button onClick={props.onClose} disabled={working}>
          {state.step === 'asking' ? '取消' : '关闭'}
        </Button>
      }
    >
      <div className="bundle">{content}</div>
    </Modal>
  );
};
