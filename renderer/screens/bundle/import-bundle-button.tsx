import { ImportOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Suspense, useRef, useState } from 'react';
import { ImportDialog } from './dialogs.ts';

/** 导入U盘文件, at the office: hands in what a device exported. */
export const ImportBundleButton = (props: { onClosed: () => void }) => {
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".onsite"
        hidden
        aria-label="U盘文件"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          event.target.value = '';
          setFile(chosen ?? null);
        }}
      />
      <Button icon={<ImportOutlined />} onClick={() => input.current?.click()}>
        导入U盘文件
      </Button>
      {file && (
        <Suspense>
          <ImportDialog
            file={file}
            place="office"
            onClose={() => {
              setFile(null);
              props.onClosed();
            }}
          />
        </Suspense>
      )}
    </>
  );
};
