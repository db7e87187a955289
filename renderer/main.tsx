import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { createRoot } from 'react-dom/client';
import type { Keys } from '../domain/vault/keys.ts';
import './app.css';
import { App } from './app.tsx';
import { createPlatform } from './platform/index.ts';
import { createServices, type Services } from './services.tsx';
import { createVault } from './vault/vault.ts';

dayjs.locale('zh-cn');

const root = document.getElementById('app');
if (root) {
  const platform = createPlatform();
  const vault = createVault(platform.vault);
  // One store, however often the screens come and go behind the vault's cover.
  let services: Services | null = null;
  const open = (keys: Keys) => {
    services ??= createServices({ platform, vault, keys });
    return services;
  };
  createRoot(root).render(<App platform={platform} vault={vault} open={open} />);
}
