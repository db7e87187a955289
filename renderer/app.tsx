import { Alert, App as AntApp, ConfigProvider } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import { type ComponentType, lazy, type ReactNode, Suspense, use } from 'react';
import { Redirect, Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import type { Keys } from '../domain/vault/keys.ts';
import type { Platform } from './platform/platform.ts';
import { BackupNotice } from './screens/backup/backup-notice.tsx';
import { ErrorBoundary } from './screens/error-boundary.tsx';
import { isSectionId, sectionPath } from './screens/order/sections.ts';
import { OrdersScreen } from './screens/orders/orders-screen.tsx';
import { DiskNotice } from './screens/recovery/disk-notice.tsx';
import { RecoveryBoundary } from './screens/recovery/recovery-boundary.tsx';
import { Gate } from './screens/vault/gate.tsx';
import { type Services, ServicesProvider, useServices, useWorking } from './services.tsx';
import { theme } from './theme.ts';
import type { Vault } from './vault/vault.ts';

const OrderScreen = lazy(async () => ({
  default: (await import('./screens/order/order-screen.tsx')).OrderScreen,
}));
const later = (load: () => Promise<ComponentType>) => lazy(async () => ({ default: await load() }));
const SettingsScreen = later(() =>
  import('./screens/settings/settings-screen.tsx').then((m) => m.SettingsScreen),
);
const RestoreScreen = later(() =>
  import('./screens/backup/restore-screen.tsx').then((m) => m.RestoreScreen),
);
const VerifyScreen = later(() =>
  import('./screens/verify/verify-screen.tsx').then((m) => m.VerifyScreen),
);
const OfficeScreen = later(() =>
  import('./screens/office/office-screen.tsx').then((m) => m.OfficeScreen),
);

const SignInScreen = later(() =>
  import('./screens/accounts/sign-in-screen.tsx').then((m) => m.SignInScreen),
);
const AccountsScreen = later(() =>
  import('./screens/accounts/accounts-screen.tsx').then((m) => m.AccountsScreen),
);

/** Shows its children once the working set is filled. */
const Opened = ({ children }: { children: ReactNode }) => {
  use(useServices().opened);
  return children;
};

/** What the store has to tell, such as that it was rebuilt from the journal. */
const StoreNotice = () => {
  const { store } = useServices();
  const notice = useWorking((working) => working.notice);
  return (
    notice && (
      <Alert
        banner
        type="warning"
        title={notice}
        closable={{ onClose: () => store.dismissNotice() }}
      />
    )
  );
};

/** That the disk takes nothing, over whatever screen the person is on: it concerns all of them. */
const SavingNotice = () => {
  const saving = useWorking((working) => working.saving);
  return (
    saving.state === 'failed' && <Alert banner type="error" title={`保存失败：${saving.message}`} />
  );
};

/** The app itself, over an open vault. */
export const Screens = ({ services }: { services: Services }) => {
  return (
    <ServicesProvider services={services}>
      <Suspense fallback={<p className="starting">正在打开…</p>}>
        <RecoveryBoundary platform={services.platform}>
          <Opened>
            <StoreNotice />
            <DiskNotice />
            <SavingNotice />
            <BackupNotice />
            <Router hook={useHashLocation}>
              <Switch>
                <Route path="/orders/:id/:section?">
                  {({ id, section }) =>
                    isSectionId(section) ? (
                      <OrderScreen id={id} section={section} />
                    ) : (
                      <Redirect to={sectionPath(id, 'customer')} />
                    )
                  }
                </Route>
                <Route path="/settings" component={SettingsScreen} />
                <Route path="/sign-in" component={SignInScreen} />
                <Route path="/accounts" component={AccountsScreen} />
                <Route path="/restore" component={RestoreScreen} />
                <Route path="/verify" component={VerifyScreen} />
                <Route path="/office/:id?" component={OfficeScreen} />
                <Route component={OrdersScreen} />
              </Switch>
            </Router>
          </Opened>
        </RecoveryBoundary>
      </Suspense>
    </ServicesProvider>
  );
};

/** What the library calls its crosses in English. */
const CLOSE = { 'aria-label': '关闭' };

/** What is typed is facts about people: a browser must not note it for its own suggestions. */
const UNREMEMBERED = { autoComplete: 'off' } as const;

export const App = (props: {
  platform: Platform;
  vault: Vault;
  /** The services over an open vault, the same at each call. */
  open: (keys: Keys) => Services;
}) => (
  <ConfigProvider
    locale={zhCN}
    theme={theme}
    button={{ autoInsertSpace: false }}
    modal={{ closable: CLOSE }}
    drawer={{ closable: CLOSE }}
    input={UNREMEMBERED}
    textArea={UNREMEMBERED}
  >
    <AntApp>
      <ErrorBoundary>
        <Gate platform={props.platform} vault={props.vault}>
          {(keys) => <Screens services={props.open(keys)} />}
        </Gate>
      </ErrorBoundary>
    </AntApp>
  </ConfigProvider>
);
