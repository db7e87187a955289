import { FileZipOutlined, FolderOpenOutlined } from '@ant-design/icons';
import { App, Button, Radio, Tag } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { PackError } from '../../../domain/documents/template/pack.ts';
import { specimenPack } from '../../documents/packs.ts';
import { type OpenedPack, openPack } from '../../documents/print-worker.ts';
import { useServices } from '../../services.tsx';
import { localDate } from '../../store/new-order.ts';
import type { PackSummary } from '../../store/packs.ts';
import { Group } from '../order/group.tsx';
import './template-packs.css';

type Opened = Extract<OpenedPack, { pack: unknown }>;

/** What is told of a pack that cannot be imported, at most: nobody reads more at once. */
const TOLD = 200;

const Errors = ({ errors }: { errors: readonly PackError[] }) => (
  <>
    <p>这个模板包没有导入，本机原有的模板没有变化。请改好下面 {errors.length} 处再试：</p>
    <ol className="pack-errors">
      {errors.slice(0, TOLD).map(({ file, line, message }) => (
        <li key={`${file}:${line} ${message}`}>
          {file && (
            <code>
              {file} 第 {line} 行
            </code>
          )}
          <span>{message}</span>
        </li>
      ))}
    </ol>
  </>
);

/** 样本, 尚未施行: what must be known before a pack is used. */
const Marks = ({ specimen, effectiveOn }: Pick<PackSummary, 'specimen' | 'effectiveOn'>) => (
  <>
    {specimen && <Tag>样本</Tag>}
    {effectiveOn > localDate(new Date()) && <Tag color="warning">尚未施行</Tag>}
  </>
);

const About = ({ pack }: { pack: PackSummary }) => (
  <small className="pack-about">
    自 {pack.effectiveOn} 起施行 · SHA-256 <code title={pack.hash}>{pack.hash.slice(0, 12)}…</code>
  </small>
);

interface Packs {
  readonly shipped: PackSummary;
  /** The carrier's, the latest first. */
  readonly others: readonly PackSummary[];
  /** null: the shipped one. */
  readonly chosen: string | null;
}

/** The packs of this device; null until they are read. */
const usePacks = () => {
  const { store } = useServices();
  const { message } = App.useApp();
  const [packs, setPacks] = useState<Packs | null>(null);
  const read = useCallback(async () => {
    const shipped = await specimenPack();
    const [kept, chosen] = await Promise.all([store.packs.list(), store.packs.chosen()]);
    // Specimens of earlier days are kept for the orders that were signed on them.
    const others = kept.filter(({ hash, specimen }) => !specimen || hash === chosen);
    setPacks({ shipped, others: others.filter(({ hash }) => hash !== shipped.hash), chosen });
  }, [store]);
  useEffect(() => {
    read().catch((error: unknown) => message.error(`模板没有读出来：${String(error)}`));
  }, [read, message]);
  return [packs, read] as const;
};

const PickButton = (props: {
  folder?: boolean;
  label: string;
  onPick: (files: readonly File[]) => void;
  busy: boolean;
}) => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={props.label}
        {...(props.folder ? { webkitdirectory: '' } : { accept: '.zip,application/zip' })}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = ''; // the same can be picked again once mended
          if (files.length > 0) props.onPick(files);
        }}
      />
      <Button
        icon={props.folder ? <FolderOpenOutlined /> : <FileZipOutlined />}
        loading={props.busy}
        onClick={() => input.current?.click()}
      >
        {props.label}
      </Button>
    </>
  );
};

/** The texts that documents are printed from: the shipped specimen, and the carrier's own. */
export const TemplatePacks = () => {
  const { store } = useServices();
  const { message, modal } = App.useApp();
  const [packs, read] = usePacks();
  const [busy, setBusy] = useState(false);

  const choose = async (hash: string | null) => {
    await store.packs.choose(hash);
    await read();
  };
  const keep = async ({ pack, files }: Opened) => {
    await store.packs.keep(pack, files);
    await choose(pack.hash === packs?.shipped.hash ? null : pack.hash);
    message.success(`已导入并选用“${pack.title}”`);
  };
  const failed = (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    modal.error({ title: '模板包没有导入', content: reason });
  };
  const open = async (picked: readonly File[], isZip: boolean) => {
    setBusy(true);
    try {
      const opened = await openPack(picked, isZip);
      if ('errors' in opened) {
        const content = <Errors errors={opened.errors} />;
        modal.error({ title: '模板包有错误', width: 720, content });
        return;
      }
      const { pack } = opened;
      modal.confirm({
        title: `导入“${pack.title}”${pack.version} 版？`,
        width: 560,
        okText: '导入并选用',
        cancelText: '取消',
        content: (
          <>
            <Marks {...pack} />
            <About pack={pack} />
            <p className="pack-ask">
              请核对这是公司正式下发的文本。还没有签名的工单从此用它打印；已签名的工单不变。
            </p>
          </>
        ),
        onOk: () => keep(opened).catch(failed),
      });
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Group title="文书模板" note="由管理员导入，永久保留；已签名的工单始终用签署时的模板">
      {packs && (
        <Radio.Group
          className="packs"
          aria-label="新工单用的模板"
          value={packs.chosen ?? packs.shipped.hash}
          onChange={({ target }) => {
            const hash = target.value === packs.shipped.hash ? null : String(target.value);
            choose(hash).catch(failed);
          }}
        >
          {[packs.shipped, ...packs.others].map((pack) => (
            <Radio key={pack.hash} value={pack.hash}>
              <strong>{pack.title}</strong> {pack.version} 版 <Marks {...pack} />
              <About pack={pack} />
            </Radio>
          ))}
        </Radio.Group>
      )}
      <div className="pack-import">
        <PickButton
          label="导入模板包（zip）"
          busy={busy}
          onPick={(files) => void open(files, true)}
        />
        <PickButton
          folder
          label="导入文件夹"
          busy={busy}
          onPick={(files) => void open(files, false)}
        />
      </div>
    </Group>
  );
};
