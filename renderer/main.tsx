import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { createRoot } from 'react-dom/client';
import './app.css';
import { App } from './app.tsx';
import { createPlatform } from './platform/index.ts';
import { createVault } from './vault/vault.ts';

dayjs.locale('zh-cn');

const root = document.getElementById('app');
if (root) {
  const platform = createPlatform();
  const vault = createVault(platform.vault);
  createRoot(root).render(<App platform={platform} vault={vault} />);
}
