import type { Stroke, StrokePoint } from '../../../domain/order/order.ts';
import { fitInk, type Ink, NO_INK, pointCount, type Size, toInk, withSample } from './ink.ts';
import type { InkSurface } from './ink-surface.ts';

/** The stroke being drawn, by which pointer, and the size of the pad in whose px it counts. */
interface Live {
  readonly pointer: number;
  readonly type: string;
  readonly size: Size;
  readonly stroke: Stroke;
}

/**
 * Takes strokes from mouse, finger or pen on `frame` and shows them: what is finished on the dry
 * surface, the stroke being drawn on the wet one, so that a frame only redraws that one.
 *
 * One pointer draws at a time: a palm or a second finger is ignored, and a pen takes over from a
 * palm that touched first.
 */
export class PadInput {
  readonly #frame: HTMLElement;
  readonly #dry: InkSurface;
  readonly #wet: InkSurface;
  readonly #onInk: (ink: Ink) => void;
  readonly #end = new AbortController();
  readonly #observer: ResizeObserver;
  #size: Size = NO_INK.size;
  #ink: Ink = NO_INK;
  #live: Live | null = null;
  #nextFrame = 0;

  /** @param onInk gets the whole ink after each finished stroke */
  constructor(
    frame: HTMLElement,
    surfaces: { dry: InkSurface; wet: InkSurface },
    onInk: (ink: Ink) => void,
  ) {
    this.#frame = frame;
    this.#dry = surfaces.dry;
    this.#wet = surfaces.wet;
    this.#onInk = onInk;
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(frame);
    const signal = this.#end.signal;
    const prevent = (event: Event) => event.preventDefault();
    frame.addEventListener('pointerdown', (event) => this.#begin(event), { signal });
    frame.addEventListener('pointermove', (event) => this.#extend(event), { signal });
    // A stroke that the system cuts off keeps what was drawn: undo is one tap away.
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'] as const)
      frame.addEventListener(type, (event) => this.#finish(event), { signal });
    for (const type of ['contextmenu', 'selectstart', 'dragstart'])
      frame.addEventListener(type, prevent, { signal });
    this.#measure();
  }

  /** Shows finished strokes; they become what the next stroke is added to. */
  show(ink: Ink): void {
    this.#ink = ink;
    this.#drawDry();
  }

  dispose(): void {
    this.#end.abort();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#nextFrame);
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    if (width === 0 || height === 0) return;
    this.#size = { width, height };
    this.#drawDry();
    this.#drawWet();
  }

  /** The size that the ink's px count in: that of the pad on which its first stroke was made. */
  #inkSize(): Size {
    return this.#ink.strokes.length > 0 ? this.#ink.size : this.#size;
  }

  #drawDry(): void {
    this.#dry.draw(this.#ink.strokes, this.#size, fitInk(this.#inkSize(), this.#size));
  }

  #drawWet(): void {
    const stroke = this.#live;
    const strokes = stroke && stroke.stroke.length > 0 ? [stroke.stroke] : [];
    this.#wet.draw(strokes, this.#size, fitInk(stroke?.size ?? this.#size, this.#size));
  }

  #sample(event: PointerEvent, ink: Size): StrokePoint {
    const frame = this.#frame.getBoundingClientRect();
    const place = {
      x: event.clientX - frame.left - this.#frame.clientLeft,
      y: event.clientY - frame.top - this.#frame.clientTop,
    };
    return {
      ...toInk(fitInk(ink, this.#size), place),
      time: performance.timeOrigin + event.timeStamp,
      pressure: event.pressure,
    };
  }

  #add(events: readonly PointerEvent[]): void {
    if (!this.#live) return;
    const { size } = this.#live;
    const before = pointCount(this.#ink.strokes);
    const stroke = events.reduce(
      (made, event) => withSample(made, this.#sample(event, size), before),
      this.#live.stroke,
    );
    this.#live = { ...this.#live, stroke };
    cancelAnimationFrame(this.#nextFrame);
    this.#nextFrame = requestAnimationFrame(() => this.#drawWet());
  }

  #begin(event: PointerEvent): void {
    const palm = this.#live?.type === 'touch' && event.pointerType === 'pen';
    if (event.button !== 0 || (this.#live && !palm)) return;
    event.preventDefault();
    this.#frame.setPointerCapture(event.pointerId);
    this.#live = {
      pointer: event.pointerId,
      type: event.pointerType,
      size: this.#inkSize(),
      stroke: [],
    };
    this.#add([event]);
  }

  #extend(event: PointerEvent): void {
    if (event.pointerId !== this.#live?.pointer) return;
    const samples = event.getCoalescedEvents();
    this.#add(samples.length > 0 ? samples : [event]);
  }

  #finish(event: PointerEvent): void {
    if (event.pointerId !== this.#live?.pointer) return;
    const { size, stroke } = this.#live;
    this.#live = null;
    if (stroke.length > 0) {
      this.show({ size, strokes: [...this.#ink.strokes, stroke] });
      this.#onInk(this.#ink);
    }
    this.#drawWet();
  }
}
