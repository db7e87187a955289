import { CloudServerOutlined } from '@ant-design/icons';
import { App, Button, Input } from 'antd';
import { useEffect, useId, useMemo, useState } from 'react';
import { check } from '../../../domain/order/check.ts';
import { factDefinition } from '../../../domain/order/dictionary.ts';
import { EMPTY_ORDER } from '../../../domain/order/order.ts';
import type { ShellConfig } from '../../../domain/shell/contract.ts';
import { reference } from '../../reference.ts';
import { useServices, useWorking } from '../../services.tsx';
import type { DeviceSettings, SettingsKey } from '../../store/store.ts';
import { AccountGroup } from '../accounts/account-group.tsx';
import { useAccount } from '../accounts/use-account.ts';
import { CARRIER_FACTS } from '../order/carrier-facts.ts';
import { FactControl } from '../order/fact-control.tsx';
import { Group } from '../order/group.tsx';
import { Page } from '../order/page.tsx';
import { problemsAt } from '../order/problems.ts';
import { Connection } from '../orders/connection.tsx';
import { BackupSettings, RetentionSettings } from './backup.tsx';
import { TemplatePacks } from './template-packs.tsx';
import { VaultSettings } from './vault-settings.tsx';

const nothing = () => undefined;

/** The device's settings, saved at each change; null until they are read. */
const useDeviceSettings = () => {
  const { store } = useServices();
  const { message } = App.useApp();
  const [settings, setSettings] = useState<DeviceSettings | null>(null);
  useEffect(() => {
    void store.deviceSettings().then(setSettings);
  }, [store]);
  const change = (changed: DeviceSettings) => {
    setSettings(changed);
    store
      .saveDeviceSettings(changed)
      .catch((error: unknown) => message.error(`设置没有保存：${String(error)}`));
  };
  return [settings, change] as const;
};

const CarrierDefaults = (props: {
  settings: DeviceSettings;
  change: (settings: DeviceSettings) => void;
}) => {
  const { settings, change } = props;
  const problems = useMemo(
    () => check({ ...EMPTY_ORDER, facts: settings.carrier }, reference),
    [settings.carrier],
  );
  const set = (key: SettingsKey, value: unknown) => {
    const { [key]: _, ...others } = settings.carrier;
    const carrier = typeof value === 'string' ? { ...others, [key]: value } : others;
    change({ ...settings, carrier });
  };
  return (
    <Group title="乙方信息" note="新建工单时自动带入；已有的工单不变">
      {CARRIER_FACTS.map(([key, span]) => (
        <FactControl
          key={key}
          field={key}
          definition={factDefinition(key)}
          span={span}
          value={settings.carrier[key]}
          onValue={(value) => set(key, value)}
          halfTyped={undefined}
          onHalfTyped={nothing}
          onTyping={nothing}
          required={false}
          problems={problemsAt(problems, key)}
        />
      ))}
    </Group>
  );
};

const SyncService = ({ installer }: { installer: string }) => {
  const { platform, sync } = useServices();
  const { message } = App.useApp();
  const { reason } = useWorking((working) => working.sync);
  const [config, setConfig] = useState<ShellConfig | null>(null);
  const [address, setAddress] = useState('');
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  useEffect(() => {
    void platform.config().then((read) => {
      setConfig(read);
      setAddress(read.service ?? '');
    });
  }, [platform]);

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  const saveAddress = () =>
    attempt(async () => {
      const typed = address.trim();
      const origin = typed === '' ? null : originOf(typed);
      await platform.setService(origin);
      setAddress(origin ?? '');
      sync.tryNow();
      message.success(origin ? '地址已保存' : '已不再连接同步服务');
    });
  const enrol = () =>
    attempt(async () => {
      await sync.enrol(code, installer);
      setCode('');
      message.success('本设备已登记，内容会自动上传');
    });
  return (
    <Group title="同步服务" note="没有网络也能照常填写；登录或登记以后，联网时自动上传">
      <form className="settings-line" action={saveAddress}>
        <label htmlFor={`${id}-address`}>服务地址</label>
        <Input
          id={`${id}-address`}
          prefix={<CloudServerOutlined />}
          inputMode="url"
          spellCheck={false}
          placeholder="http://服务器:8620"
          value={address}
          onChange={(event) => setAddress(event.target.value)}
        />
        <Button
          htmlType="submit"
          loading={busy}
          disabled={address.trim() === (config?.service ?? '')}
        >
          保存地址
        </Button>
      </form>
      <form className="settings-line" action={enrol}>
        <label htmlFor={`${id}-code`}>登记码</label>
        <Input
          id={`${id}-code`}
          spellCheck={false}
          placeholder="由管理员发给您，只能用一次"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <Button htmlType="submit" type="primary" loading={busy} disabled={code.trim() === ''}>
          登记本设备
        </Button>
      </form>
      <p className="settings-state">
        <Connection />
        {problem ? (
          <span role="alert" className="error">
            {problem}
          </span>
        ) : (
          reason && <span>{reason}</span>
        )}
      </p>
    </Group>
  );
};

/** The origin of a typed address; `http://` is taken for granted. */
const originOf = (typed: string): string => {
  const written = /^https?:\/\//i.test(typed) ? typed : `http://${typed}`;
  try {
    return new URL(written).origin;
  } catch {
    throw new Error(`“${typed}”不是网址，请填写如 http://10.0.0.8:8620`);
  }
};

const About = () => {
  const { platform, store } = useServices();
  const [about, setAbout] = useState<{ version: string; device: string } | null>(null);
  useEffect(() => {
    void Promise.all([platform.config(), store.sealed.identity()]).then(
      ([{ version }, { device }]) => setAbout({ version, device }),
    );
  }, [platform, store]);
  return (
    <Group title="本设备">
      <dl className="settings-about">
        <dt>版本</dt>
        <dd>
          勘签 {about?.version}（{platform.kind === 'desktop' ? '桌面版' : '浏览器'}）
        </dd>
        <dt>设备编号</dt>
        <dd>{about?.device}</dd>
      </dl>
    </Group>
  );
};

/** The installer's own: who they are, what new orders start with, where to upload. */
export const SettingsScreen = () => {
  const [settings, change] = useDeviceSettings();
  const account = useAccount();
  const id = useId();
  return (
    <Page title="设置" says="改动自动保存在本机">
      {settings && (
        <>
          {/* Whoever is signed in has a name already. */}
          {account === null && (
            <Group title="装维人员">
              <div className="settings-line">
                <label htmlFor={id}>姓名</label>
                <Input
                  id={id}
                  value={settings.installer}
                  onChange={(event) => change({ ...settings, installer: event.target.value })}
                />
              </div>
            </Group>
          )}
          <AccountGroup />
          <SyncService installer={settings.installer} />
          <CarrierDefaults settings={settings} change={change} />
          <BackupSettings />
          <TemplatePacks />
          <RetentionSettings settings={settings} change={change} />
        </>
      )}
      <VaultSettings />
      <About />
    </Page>
  );
};
