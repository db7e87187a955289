import Pad from 'signature_pad';
import type { Stroke } from '../../../domain/order/order.ts';
import { type Fit, PEN, type Size, toPointGroups } from './ink.ts';

/**
 * A canvas that signature_pad draws on, sharp on any screen. Only its drawing is used: its own
 * input takes one sample an event, stamped when it is handled, and so would lose what a fast pen
 * reports between two frames.
 */
export class InkSurface {
  readonly #canvas: HTMLCanvasElement;
  readonly #pad: Pad;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#pad = new Pad(canvas, PEN);
    this.#pad.off();
  }

  /** Replaces what is shown. @param size of the canvas, CSS px */
  draw(strokes: readonly Stroke[], size: Size, fit: Fit): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const ratio = window.devicePixelRatio;
    const width = Math.round(size.width * ratio);
    const height = Math.round(size.height * ratio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    context.resetTransform();
    context.clearRect(0, 0, width, height);
    const scale = ratio * fit.scale;
    context.setTransform(scale, 0, 0, scale, ratio * fit.x, ratio * fit.y);
    this.#pad.fromData(toPointGroups(strokes));
  }
}
