import { Button } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Keys } from '../../../domain/vault/keys.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Vault } from '../../vault/vault.ts';
import { Notice } from '../notice.tsx';
import { Forgotten } from './forgotten.tsx';
import { LostKeyFile } from './lost-key-file.tsx';
import { RecoveryCode } from './recovery-code.tsx';
import { SetPinForm } from './set-pin.tsx';
import { PinForm } from './unlock.tsx';
import { VaultCard } from './vault-card.tsx';

const nothing = () => undefined;

/** Shows its children once the vault is open and nothing more must be done for it. */
export const Gate = (props: {
  platform: Platform;
  vault: Vault;
  children: (keys: Keys) => ReactNode;
}) => {
  const { platform, vault } = props;
  const state = useStore(vault.state);
  const [forgotten, setForgotten] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    vault.start().catch(setFailure);
  }, [vault]);
  if (failure) throw failure;
  switch (state.step) {
    case 'starting':
      return <p className="starting">正在打开…</p>;
    case 'damaged':
    case 'missing':
      return <LostKeyFile vault={vault} how={state.step} />;
    case 'newer':
      return <Newer />;
    case 'new':
      return (
        <VaultCard step="new" title="设置口令">
          <p>工单、签名和照片都加密保存在这台设备上，每次打开勘签时输入口令。</p>
          <SetPinForm action="设置口令" onPin={vault.create} />
        </VaultCard>
      );
    case 'locked':
      // A key file from a backup has no PIN.
      return forgotten || state.file.pin === null ? (
        <VaultCard step="forgotten" title="忘记口令">
          <Forgotten
            vault={vault}
            platform={platform}
            file={state.file}
            onBack={state.file.pin && (() => setForgotten(false))}
          />
        </VaultCard>
      ) : (
        <VaultCard step="locked" title="勘签已锁定">
          <PinForm wrongPins={state.file.wrongPins} label="口令" action="打开" check={vault.unlock}>
            <Button type="link" className="vault-link" onClick={() => setForgotten(true)}>
              忘记口令
            </Button>
          </PinForm>
        </VaultCard>
      );
    case 'open':
      if (state.cover !== null) {
        return (
          <VaultCard step="covered" title="勘签已锁定">
            <p>{state.cover}</p>
            <PinForm
              wrongPins={state.file.wrongPins}
              label="口令"
              action="回去处理"
              check={vault.unlock}
            />
          </VaultCard>
        );
      }
      if (state.needs === 'pin') {
        return (
          <VaultCard step="pin" title="设置新口令">
            <p>已经打开，数据都在。请设置新的口令，以后用它打开。</p>
            <SetPinForm action="设置新口令" onPin={vault.setPin} />
          </VaultCard>
        );
      }
      if (state.needs === 'recovery-code') {
        return (
          <VaultCard step="recovery-code" title="保存恢复码">
            <RecoveryCode vault={vault} action="开始使用" onKept={nothing} />
          </VaultCard>
        );
      }
      return props.children(state.keys);
  }
};

/** An older app beside a newer one's files. */
const Newer = () => (
  <Notice
    title="请更新勘签"
    actions={
      <Button type="primary" size="large" onClick={() => location.reload()}>
        再试一次
      </Button>
    }
  >
    <p>这台设备上的数据由更新版本的勘签保存，现在这个版本打不开。数据都在，没有改动。</p>
    <p>请安装最新版本后再打开。</p>
  </Notice>
);
