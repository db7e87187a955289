/** Our writer and its peers, each drawing the same pages. Loaded one a process: see `draw.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SETTING, type TextPage } from './ten-pages.ts';

/** Draws the pages; called again for a warm drawing. */
export type Draw = (pages: readonly TextPage[]) => Promise<Uint8Array>;

export interface Engine {
  readonly draw: Draw;
  readonly close?: () => Promise<void>;
}

const load = (file: string): Buffer => readFileSync(fileURLToPath(import.meta.resolve(file)));
const fonts = () => ({
  serif: load('@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf'),
  sans: load('@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf'),
});

/**
 * The faces cut down to what the pages need, by HarfBuzz: without it these engines embed 10 MB or
 * take minutes. It is part of their time.
 */
const subsetter = async () => {
  const { default: subset } = await import('subset-font');
  const { serif, sans } = fonts();
  return async (pages: readonly TextPage[]) => {
    const text = pages.map(({ lines }) => lines.join('')).join('');
    const headings = pages.map(({ heading }) => heading).join('');
    return {
      serif: await subset(serif, text, { targetFormat: 'truetype' }),
      sans: await subset(sans, headings, { targetFormat: 'truetype' }),
    };
  };
};

const POINTS = { width: 595.28, height: 841.89 } as const;
const baseline = (line: number): number => SETTING.top + line * SETTING.leading;

const ours = async (): Promise<Engine> => {
  const [{ writePdf }, { createSubsetting }, { readTypeface }, { POINT }] = await Promise.all([
    import('../../../domain/documents/pdf.ts'),
    import('../../../domain/documents/subset.ts'),
    import('../../../domain/documents/typeface.ts'),
    import('../../../domain/documents/drawing.ts'),
  ]);
  const { serif, sans } = fonts();
  const subsetting = await createSubsetting(load('harfbuzzjs/dist/harfbuzz-subset.wasm'));
  const face = (bytes: Uint8Array, name: string) => ({
    typeface: readTypeface(bytes),
    subset: subsetting(bytes),
    name,
  });
  const faces = {
    serif: face(serif, 'NotoSerifSC-Regular'),
    sans: face(sans, 'NotoSansSC-Medium'),
  };
  const within = { x: 0, y: 0, width: 210, height: 297 };
  const mark = (text: string, points: number, y: number, face: 'serif' | 'sans') => ({
    kind: 'text' as const,
    text,
    face,
    size: points * POINT,
    x: SETTING.left * POINT,
    y: y * POINT,
    width: 170,
    within,
  });
  return {
    draw: async (pages) =>
      writePdf(
        {
          title: 'bench',
          pages: pages.map(({ heading, lines }) => ({
            marks: [
              mark(heading, SETTING.headingSize, SETTING.headingTop, 'sans'),
              ...lines.map((line, index) => mark(line, SETTING.size, baseline(index), 'serif')),
            ],
          })),
        },
        faces,
      ),
  };
};

const pdfkit = async (): Promise<Engine> => {
  const { default: Document } = await import('pdfkit');
  const { serif, sans } = fonts();
  return {
    draw: (pages) =>
      new Promise((resolve, reject) => {
        const doc = new Document({ size: 'A4', margin: 0, autoFirstPage: false });
        const parts: Buffer[] = [];
        doc.on('data', (part: Buffer) => parts.push(part));
        doc.on('end', () => resolve(Buffer.concat(parts)));
        doc.on('error', reject);
        doc.registerFont('serif', serif);
        doc.registerFont('sans', sans);
        const put = (text: string, y: number) =>
          doc.text(text, SETTING.left, y, { lineBreak: false, baseline: 'alphabetic' });
        for (const { heading, lines } of pages) {
          doc.addPage();
          doc.font('sans').fontSize(SETTING.headingSize);
          put(heading, SETTING.headingTop);
          doc.font('serif').fontSize(SETTING.size);
          lines.forEach((line, index) => {
            put(line, baseline(index));
          });
        }
        doc.end();
      }),
  };
};

const pdfLib = async (): Promise<Engine> => {
  const [{ PDFDocument }, { default: fontkit }] = await Promise.all([
    import('pdf-lib'),
    import('@pdf-lib/fontkit'),
  ]);
  const subset = await subsetter();
  return {
    draw: async (pages) => {
      const bytes = await subset(pages);
      const doc = await PDFDocument.create();
      doc.registerFontkit(fontkit);
      // Localised forms of digits would be drawn and not be in the text.
      const features = { locl: false };
      const serif = await doc.embedFont(bytes.serif, { features });
      const sans = await doc.embedFont(bytes.sans, { features });
      for (const { heading, lines } of pages) {
        const page = doc.addPage([POINTS.width, POINTS.height]);
        const put = (text: string, size: number, y: number, font: typeof serif) =>
          page.drawText(text, { x: SETTING.left, y: POINTS.height - y, size, font });
        put(heading, SETTING.headingSize, SETTING.headingTop, sans);
        lines.forEach((line, index) => {
          put(line, SETTING.size, baseline(index), serif);
        });
      }
      return doc.save();
    },
  };
};

const pdfmake = async (folder: string): Promise<Engine> => {
  const { default: maker } = await import('pdfmake');
  maker.setUrlAccessPolicy(() => false);
  maker.setLocalAccessPolicy((path) => path.startsWith(folder));
  const subset = await subsetter();
  let drawing = 0;
  return {
    draw: async (pages) => {
      const bytes = await subset(pages);
      // Files of their own each time, or it would keep the last drawing's fonts.
      const place = (face: 'serif' | 'sans') => {
        const path = join(folder, `${face}-${drawing}.ttf`);
        writeFileSync(path, bytes[face]);
        return { normal: path };
      };
      maker.setFonts({ serif: place('serif'), sans: place('sans') });
      drawing++;
      return maker
        .createPdf({
          pageSize: 'A4',
          pageMargins: [SETTING.left, 40, 20, 20],
          defaultStyle: { font: 'serif', fontSize: SETTING.size },
          content: pages.flatMap(({ heading, lines }, page) => [
            {
              text: heading,
              font: 'sans',
              fontSize: SETTING.headingSize,
              ...(page > 0 ? { pageBreak: 'before' as const } : {}),
            },
            ...lines.map((text) => ({ text, noWrap: true })),
          ]),
        })
        .getBuffer();
    },
  };
};

const reactPdf = async (folder: string): Promise<Engine> => {
  const [{ Document, Font, Page, renderToBuffer, Text }, { createElement }] = await Promise.all([
    import('@react-pdf/renderer'),
    import('react'),
  ]);
  const subset = await subsetter();
  Font.registerHyphenationCallback((word) => [word]);
  let drawing = 0;
  return {
    draw: async (pages) => {
      const bytes = await subset(pages);
      const names = { serif: `serif-${drawing}`, sans: `sans-${drawing++}` };
      for (const face of ['serif', 'sans'] as const) {
        const src = join(folder, `${names[face]}.ttf`);
        writeFileSync(src, bytes[face]);
        Font.register({ family: names[face], src });
      }
      const text = (value: string, size: number, family: string, key: string) =>
        createElement(Text, { key, style: { fontSize: size, fontFamily: family } }, value);
      const page = ({ heading, lines }: TextPage) =>
        createElement(
          Page,
          { key: heading, size: 'A4', style: { paddingLeft: SETTING.left, paddingTop: 30 } },
          text(heading, SETTING.headingSize, names.sans, 'heading'),
          lines.map((line, index) => text(line, SETTING.size, names.serif, String(index))),
        );
      return renderToBuffer(createElement(Document, null, pages.map(page)));
    },
  };
};

const chromium = async (): Promise<Engine> => {
  const playwright = await import('playwright');
  const subset = await subsetter();
  const browser = await playwright.chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  const face = (family: string, bytes: Uint8Array) =>
    `@font-face{font-family:${family};src:url(data:font/ttf;base64,${Buffer.from(bytes).toString('base64')})}`;
  return {
    close: () => browser.close(),
    draw: async (pages) => {
      const { serif, sans } = await subset(pages);
      const page = await browser.newPage();
      const style = `${face('s', serif)}${face('h', sans)}@page{size:A4;margin:0}body{margin:0;font:${SETTING.size}pt/${SETTING.leading}pt s}
        section{break-after:page;padding:40pt 0 0 ${SETTING.left}pt}section:last-child{break-after:auto}h1{font:${SETTING.headingSize}pt h;margin:0}p{margin:0;white-space:nowrap}`;
      const body = pages
        .map(
          ({ heading, lines }) =>
            `<section><h1>${heading}</h1>${lines.map((line) => `<p>${line}</p>`).join('')}</section>`,
        )
        .join('');
      await page.setContent(`<!doctype html><meta charset=utf-8><style>${style}</style>${body}`);
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      const pdf = await page.pdf({ preferCSSPageSize: true });
      await page.close();
      return pdf;
    },
  };
};

/** By name, ours first. `folder` is for an engine's own files. */
export const ENGINES: Readonly<Record<string, (folder: string) => Promise<Engine>>> = {
  onsite: ours,
  pdfkit,
  'pdf-lib': pdfLib,
  pdfmake,
  'react-pdf': reactPdf,
  'Chromium printToPDF': chromium,
};
