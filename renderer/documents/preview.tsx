/** The pages of a PDF on the screen: the very bytes that are printed, saved and uploaded. */
import { MinusOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Spin } from 'antd';
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { type OpenPdf, openPdf, type PdfPage } from './preview-pdf.ts';
import './preview.css';

/** 1 is as wide as the room allows. */
const ZOOMS: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
/** A canvas larger than this (px) is drawn less sharp rather than not at all. */
const MAX_CANVAS_PIXELS = 16_000_000;

const useElementWidth = (element: HTMLElement | null): number => {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return width;
};

/** Opens the bytes; the pages before stay on the screen until the new ones can be drawn. */
const usePdf = (bytes: Uint8Array) => {
  const [pdf, setPdf] = useState<OpenPdf | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let current = true;
    let opened: OpenPdf | null = null;
    openPdf(bytes).then(
      (next) => {
        opened = next;
        if (!current) return next.close();
        setPdf(next);
        setFailed(false);
      },
      () => current && setFailed(true),
    );
    return () => {
      current = false;
      opened?.close();
    };
  }, [bytes]);
  return { pdf, failed };
};

/** What scrolls the element, for margins around what is in view; null: the window. */
const scrollerOf = (element: HTMLElement): HTMLElement | null => {
  const parent = element.parentElement;
  if (!parent) return null;
  return /auto|scroll/.test(getComputedStyle(parent).overflowY) ? parent : scrollerOf(parent);
};

interface PageProps {
  readonly page: PdfPage;
  readonly number: number;
  /** CSS px. */
  readonly width: number;
  readonly onSeen: () => void;
}

const Page = ({ page, number, width, onSeen }: PageProps) => {
  const frame = useRef<HTMLDivElement>(null);
  const foot = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  const seen = useEffectEvent(onSeen);

  useEffect(() => {
    if (!frame.current || !foot.current) return;
    const root = scrollerOf(frame.current);
    const drawing = new IntersectionObserver(
      (entries) => setNear(entries.at(-1)?.isIntersecting ?? false),
      { root, rootMargin: '100% 0px' },
    );
    drawing.observe(frame.current);
    // Read is a page whose lower end has been on the screen.
    const reading = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) seen();
    });
    reading.observe(foot.current);
    return () => {
      drawing.disconnect();
      reading.disconnect();
    };
  }, []);

  useEffect(() => {
    if (!near) {
      frame.current?.querySelector('canvas')?.remove();
      return;
    }
    const stop = new AbortController();
    const sharp = (width / page.width) * window.devicePixelRatio;
    const most = Math.sqrt(MAX_CANVAS_PIXELS / (page.width * page.height));
    page.draw(Math.min(sharp, most), 'screen', stop.signal).then(
      (canvas) => {
        if (stop.signal.aborted || !frame.current) return;
        frame.current.querySelector('canvas')?.remove();
        frame.current.prepend(canvas);
      },
      () => undefined, // cancelled: a newer drawing is on its way
    );
    return () => stop.abort();
  }, [near, page, width]);

  return (
    <div
      className="pdf-page"
      ref={frame}
      data-page={number}
      style={{ width, height: (width * page.height) / page.width }}
    >
      <div className="pdf-page-foot" ref={foot} />
    </div>
  );
};

interface PreviewProps {
  readonly bytes: Uint8Array;
  /** Said to those who cannot see it. */
  readonly label: string;
  /** Left of the zoom buttons. */
  readonly toolbar?: ReactNode;
  /** Called with each page (from 1) whose end was on the screen, and the number of pages. */
  readonly onSeen?: (page: number, pages: number) => void;
  /** Whether the preview scrolls by itself or grows with its pages. */
  readonly flow?: 'scroll' | 'grow';
}

/** Shows all pages, fitted to the width, with zoom. */
export const PdfPreview = (props: PreviewProps) => {
  const { bytes, label, toolbar, onSeen, flow = 'scroll' } = props;
  const { pdf, failed } = usePdf(bytes);
  const [room, setRoom] = useState<HTMLElement | null>(null);
  const [zoom, setZoom] = useState(1);
  const width = Math.floor(useElementWidth(room) * zoom);
  const count = pdf?.pages.length ?? 0;

  const step = (by: 1 | -1) => setZoom((now) => ZOOMS[ZOOMS.indexOf(now) + by] ?? now);

  return (
    <section className={`pdf-preview pdf-preview-${flow}`} aria-label={label}>
      <div className="pdf-toolbar">
        <div className="pdf-toolbar-left">{toolbar}</div>
        <span className="pdf-count">{count > 0 ? `共 ${count} 页` : ''}</span>
        <Button
          aria-label="缩小"
          icon={<MinusOutlined />}
          disabled={zoom === ZOOMS[0]}
          onClick={() => step(-1)}
        />
        <Button className="pdf-zoom" onClick={() => setZoom(1)} title="适合宽度">
          {Math.round(zoom * 100)}%
        </Button>
        <Button
          aria-label="放大"
          icon={<PlusOutlined />}
          disabled={zoom === ZOOMS.at(-1)}
          onClick={() => step(1)}
        />
      </div>
      <div className="pdf-scroll">
        <div ref={setRoom} className="pdf-room">
          {failed && <Alert type="error" showIcon title="这份文书打不开，请重新生成或联系后台。" />}
          {!pdf && !failed && (
            <Spin className="pdf-wait" description="正在打开文书…">
              <div />
            </Spin>
          )}
          {pdf &&
            width > 0 &&
            pdf.pages.map((page, index) => (
              <Page
                // biome-ignore lint/suspicious/noArrayIndexKey: a page is its number
                key={index}
                page={page}
                number={index + 1}
                width={width}
                onSeen={() => onSeen?.(index + 1, count)}
              />
            ))}
        </div>
      </div>
    </section>
  );
};
