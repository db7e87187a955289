import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { createRoot } from 'react-dom/client';
import './app.css';
import { App } from './app.tsx';
import { createServices } from './services.tsx';

dayjs.locale('zh-cn');

const root = document.getElementById('app');
if (root) createRoot(root).render(<App services={createServices()} />);
