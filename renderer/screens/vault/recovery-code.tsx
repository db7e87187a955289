import { PrinterOutlined } from '@ant-design/icons';
import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { newRecoveryCode } from '../../../domain/vault/recovery-code.ts';
import type { Vault } from '../../vault/vault.ts';
import { VaultProblem } from './vault-card.tsx';

/** Shows a new recovery code until somebody says that it is kept: only then does it open anything. */
export const RecoveryCode = (props: { vault: Vault; action: string; onKept: () => void }) => {
  const [code] = useState(newRecoveryCode);
  const [kept, setKept] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const keep = async () => {
    try {
      await props.vault.keepRecoveryCode(code);
      props.onKept();
    } catch (error) {
      setProblem(`恢复码没有保存：${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <>
      <p>忘记口令时，用它打开这台设备。请打印或抄在纸上，放在设备以外的地方；它只显示这一次。</p>
      <output className="recovery-code" aria-label="恢复码">
        {code.split('-').map((group) => (
          <span key={group}>{group}</span>
        ))}
      </output>
      <RecoverySheet code={code} />
      <Checkbox checked={kept} onChange={(event) => setKept(event.target.checked)}>
        我已打印或抄好恢复码
      </Checkbox>
      {problem && <VaultProblem>{problem}</VaultProblem>}
      <div className="vault-actions">
        <Button size="large" icon={<PrinterOutlined />} onClick={() => window.print()}>
          打印
        </Button>
        <Button type="primary" size="large" disabled={!kept} onClick={keep}>
          {props.action}
        </Button>
      </div>
    </>
  );
};

/** What the printer gets in place of the screen. */
const RecoverySheet = ({ code }: { code: string }) =>
  createPortal(
    <div className="recovery-sheet">
      <h1>勘签 恢复码</h1>
      <p className="recovery-sheet-code">{code}</p>
      <p>
        在这台设备上忘记口令时：打开勘签，点“忘记口令”，输入上面的恢复码，再设置新口令。数据不会丢失。
      </p>
      <p>字母不分大小写，短横线可以不输。没有字母 O、I、L、U，看到的是数字 0、1。</p>
      <p>谁拿到它和这台设备或它的备份，就能看到全部工单。请与设备分开保管，不要拍照上传。</p>
      <p>打印日期：{new Date().toLocaleDateString('zh-CN')}　　设备使用人：＿＿＿＿＿＿＿＿</p>
    </div>,
    document.body,
  );
