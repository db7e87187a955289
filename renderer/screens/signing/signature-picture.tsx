import type { Stroke } from '../../../domain/order/order.ts';
import { inkPaths, inkViewBox, PEN } from './ink.ts';

/** A signature as it was written, as a picture that keeps its proportions. */
export const SignaturePicture = (props: { strokes: readonly Stroke[]; label: string }) => {
  const viewBox = inkViewBox(props.strokes);
  if (!viewBox) return null;
  return (
    <svg className="signature-picture" viewBox={viewBox} role="img" aria-label={props.label}>
      <g fill="none" stroke={PEN.penColor} strokeLinecap="round">
        {props.strokes.flatMap(inkPaths).map(({ d, width }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a path is its place in the strokes
          <path key={index} d={d} strokeWidth={width} />
        ))}
      </g>
    </svg>
  );
};
