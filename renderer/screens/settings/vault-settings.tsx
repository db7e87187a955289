import { App, Button, Modal, Select } from 'antd';
import { useEffect, useId, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services.tsx';
import { Group } from '../order/group.tsx';
import { RecoveryCode } from '../vault/recovery-code.tsx';
import { SetPinForm } from '../vault/set-pin.tsx';
import { PinForm } from '../vault/unlock.tsx';
import '../vault/vault.css';

const LOCK_AFTER = [1, 3, 5, 10, 15, 30, 60].map((minutes) => ({
  value: minutes,
  label: `${minutes} 分钟没有操作就锁定`,
}));

/** What is changed behind the present PIN. */
type Change = 'pin' | 'recovery-code';
const TITLES: Record<Change, string> = { pin: '修改口令', 'recovery-code': '换一个恢复码' };

/** Asks for the present PIN, then does what it was asked for. */
const Changing = (props: { change: Change; onDone: () => void }) => {
  const { vault } = useServices();
  const { message } = App.useApp();
  const state = useStore(vault.state);
  const [known, setKnown] = useState(false);
  if (state.step !== 'open') return null;
  if (!known) {
    return (
      <PinForm
        wrongPins={state.file.wrongPins}
        label="现在的口令"
        action="下一步"
        check={async (pin) => {
          const answer = await vault.checkPin(pin);
          setKnown(answer === 'open');
          return answer;
        }}
      />
    );
  }
  const done = (said: string) => {
    props.onDone();
    message.success(said);
  };
  return props.change === 'pin' ? (
    <SetPinForm
      action="修改口令"
      onPin={async (pin) => {
        await vault.setPin(pin);
        done('口令已修改');
      }}
    />
  ) : (
    <>
      <p>点“完成”以后，旧的恢复码打不开这台设备；以前的备份在别的电脑上仍用旧的打开。</p>
      <RecoveryCode vault={vault} action="完成" onKept={() => done('恢复码已更换')} />
    </>
  );
};

/** Who opens this device, and how soon it locks. */
export const VaultSettings = () => {
  const { vault, platform } = useServices();
  const state = useStore(vault.state);
  const [change, setChange] = useState<Change | null>(null);
  const [hasKeystore, setHasKeystore] = useState<boolean | null>(null);
  const id = useId();
  useEffect(() => {
    void platform.vault.keystore.available().then(setHasKeystore);
  }, [platform]);
  if (state.step !== 'open') return null;
  const { file } = state;
  return (
    <Group title="口令与锁定" note="本机的工单、签名和照片都加密保存">
      <div className="settings-line">
        <label htmlFor={id}>空闲锁定</label>
        <Select
          id={id}
          options={LOCK_AFTER}
          value={file.lockAfter}
          onChange={(minutes: number) => vault.setLockAfter(minutes)}
        />
      </div>
      <div className="settings-line">
        <span>口令</span>
        <span>{hasKeystore ? '与这台电脑的系统账户一起加密' : '每次打开时输入'}</span>
        <Button onClick={() => setChange('pin')}>修改口令</Button>
      </div>
      <div className="settings-line">
        <span>恢复码</span>
        <span>{file.recovery ? '已打印或抄好' : '还没有保存'}</span>
        <Button onClick={() => setChange('recovery-code')}>换一个</Button>
      </div>
      <div className="settings-line">
        <span>后台重置</span>
        <span>
          {file.office && file.office.undelivered === null
            ? '可以由后台重置口令'
            : '登记并联网后，可以由后台重置口令'}
        </span>
      </div>
      <Modal
        open={change !== null}
        title={change && TITLES[change]}
        footer={null}
        destroyOnHidden
        mask={{ closable: false }}
        onCancel={() => setChange(null)}
      >
        <div className="vault-dialog">
          {change && <Changing change={change} onDone={() => setChange(null)} />}
        </div>
      </Modal>
    </Group>
  );
};
