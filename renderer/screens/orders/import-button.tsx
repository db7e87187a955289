import { ImportOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { Suspense, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { FileError } from '../../../domain/order/file.ts';
import { isBundle } from '../../bundle/is-bundle.ts';
import { useServices } from '../../services.tsx';
import { ImportDialog } from '../bundle/dialogs.ts';
import { sectionPath } from '../order/sections.ts';
import { importOrder } from './order-file.ts';

/** Errors listed at once: nobody reads thousands, and one cause often stands behind them all. */
const LISTED = 50;

const Errors = ({ errors }: { errors: readonly FileError[] }) => (
  <>
    <p>这个文件没有导入，本机的工单没有变化。请改好下面 {errors.length} 处再试：</p>
    <ul className="file-errors">
      {errors.slice(0, LISTED).map(({ field, message }) => (
        <li key={field + message}>
          {field && <code>{field}</code>} {message}
        </li>
      ))}
    </ul>
    {errors.length > LISTED && <p>另有 {errors.length - LISTED} 处，改好这些后再看。</p>}
  </>
);

/**
 * Makes an order of an order file and opens it; a bad file is told field by field and changes nothing.
 * A bundle of another device has its own dialog.
 */
export const ImportButton = () => {
  const services = useServices();
  const { modal } = App.useApp();
  const [, go] = useLocation();
  const input = useRef<HTMLInputElement>(null);

  const [bundle, setBundle] = useState<File | null>(null);

  const read = async (file: File) => {
    if (await isBundle(file)) {
      setBundle(file);
      return;
    }
    const imported = await importOrder(services, file);
    if ('id' in imported) go(sectionPath(imported.id, 'customer'));
    else
      modal.error({
        title: `${file.name} 有错误`,
        width: 640,
        content: <Errors errors={imported.errors} />,
      });
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,application/json,.onsite"
        hidden
        aria-label="工单文件"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = ''; // the same file can be chosen again once mended
          if (!file) return;
          read(file).catch((error: unknown) => {
            modal.error({ title: `${file.name} 没有导入`, content: String(error) });
          });
        }}
      />
      <Button size="large" icon={<ImportOutlined />} onClick={() => input.current?.click()}>
        导入
      </Button>
      {bundle && (
        <Suspense>
          <ImportDialog file={bundle} place="here" onClose={() => setBundle(null)} />
        </Suspense>
      )}
    </>
  );
};
