import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { createRoot } from 'react-dom/client';
import type { Keys } from '../domain/vault/keys.ts';
import './app.css';
import { App } from './app.tsx';
import { createPlatform } from './platform/index.ts';
import { WipedScreen } from './screens/wiped-screen.tsx';
import { createServices, type Services } from './services.tsx';
import { onDatabaseSetAside } from './store/generation.ts';
import { createVault } from './vault/vault.ts';
import { finishWiping, heedWiping, isWiped } from './wipe/wipe.ts';

dayjs.locale('zh-cn');

const root = document.getElementById('app');
if (root) {
  // Another window works in another database from now on.
  onDatabaseSetAside(() => location.reload());
  const platform = createPlatform();
  const vault = createVault(platform.vault);
  // One store, however often the screens come and go behind the vault's cover.
  let services: Services | null = null;
  const open = (keys: Keys) => {
    services ??= createServices({ platform, vault, keys });
    return services;
  };
  if (isWiped()) {
    createRoot(root).render(<WipedScreen finish={() => finishWiping({ platform, vault })} />);
  } else {
    heedWiping({ platform, vault });
    createRoot(root).render(<App platform={platform} vault={vault} open={open} />);
  }
}
