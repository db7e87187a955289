import { BrowserWindow, session } from 'electron';
import { APP_SCHEME } from './origin.ts';

/** How long loading the pages and handing them to the printer may take, ms. */
const LIMIT = 60_000;
const PAGE = `${APP_SCHEME}://print/`;

/** As `renderer/documents/print.css`: a hair under the page, so that no empty sheet follows. */
const STYLE = `@page{size:A4;margin:0}body{margin:0}
div{width:210mm;height:296.9mm;overflow:hidden;break-after:page}div:last-child{break-after:auto}
img{display:block;width:210mm;height:297mm}`;

export const sheetsHtml = (sides: readonly (number | null)[]): string =>
  `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${sides
    .map((image) => `<div>${image === null ? '' : `<img decoding="sync" src="/${image}">`}</div>`)
    .join('')}`;

interface ImageJob {
  readonly printer: string;
  readonly title: string;
  readonly doubleSided: boolean;
  readonly images: readonly Uint8Array[];
  readonly sides: readonly (number | null)[];
}

/**
 * Prints pictures of pages (PNG) through a hidden window: for systems that take no PDF (Windows).
 * The window has no script and a session of its own in memory, which serves nothing but this job.
 *
 * @throws Error in words for the person
 */
export const printImages = async (job: ImageJob): Promise<void> => {
  const own = session.fromPartition('print');
  own.protocol.handle(APP_SCHEME, ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === '/') {
      const html = sheetsHtml(job.sides).replace('<style>', `<title>${named(job.title)}</title>$&`);
      return new Response(html, { headers: { 'content-type': 'text/html' } });
    }
    const image = job.images[Number(pathname.slice(1))];
    return image
      ? new Response(new Uint8Array(image), { headers: { 'content-type': 'image/png' } })
      : new Response(null, { status: 404 });
  });
  const window = new BrowserWindow({
    show: false,
    webPreferences: { session: own, javascript: false, sandbox: true, contextIsolation: true },
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('打印机没有响应')), LIMIT);
  });
  try {
    await Promise.race([window.loadURL(PAGE).then(() => print(window, job)), late]);
  } finally {
    clearTimeout(timer);
    window.destroy();
    own.protocol.unhandle(APP_SCHEME);
  }
};

const named = (title: string): string =>
  title.replace(/[<&]/g, (c) => (c === '<' ? '&lt;' : '&amp;'));

const print = ({ webContents }: BrowserWindow, { printer, doubleSided }: ImageJob): Promise<void> =>
  new Promise((resolve, reject) => {
    webContents.print(
      {
        silent: true,
        deviceName: printer,
        pageSize: 'A4',
        margins: { marginType: 'none' },
        duplexMode: doubleSided ? 'longEdge' : 'simplex',
        copies: 1, // they are all in the job
      },
      (done, reason) => (done ? resolve() : reject(new Error(reason || '打印机没有收下任务'))),
    );
  });
