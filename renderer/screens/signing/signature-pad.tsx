/** The pad on which a signatory signs with mouse, finger or pen. */
import { useEffect, useEffectEvent, useRef } from 'react';
import type { Ink } from './ink.ts';
import { InkSurface } from './ink-surface.ts';
import { PadInput } from './pad-input.ts';
import './signature-pad.css';

interface PadProps {
  readonly ink: Ink;
  readonly onInk: (ink: Ink) => void;
  /** Said to those who cannot see it. */
  readonly label: string;
}

export const SignaturePad = ({ ink, onInk, label }: PadProps) => {
  const frame = useRef<HTMLDivElement>(null);
  const dry = useRef<HTMLCanvasElement>(null);
  const wet = useRef<HTMLCanvasElement>(null);
  const input = useRef<PadInput>(null);
  const tell = useEffectEvent(onInk);

  useEffect(() => {
    if (!frame.current || !dry.current || !wet.current) return;
    const surfaces = { dry: new InkSurface(dry.current), wet: new InkSurface(wet.current) };
    const pad = new PadInput(frame.current, surfaces, (next) => tell(next));
    input.current = pad;
    return () => pad.dispose();
  }, []);

  useEffect(() => input.current?.show(ink), [ink]);

  return (
    <div className="signature-pad" ref={frame} role="img" aria-label={label}>
      {ink.strokes.length === 0 && <span className="signature-pad-hint">请在此处签名</span>}
      <canvas ref={dry} />
      <canvas ref={wet} />
    </div>
  );
};
