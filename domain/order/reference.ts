/** What the rules and documents look up beside the order; the caller loads it from `assets/`. */
export interface Reference {
  readonly devices: readonly Device[];
  /** Whether a shipped font can draw a code point. */
  canPrint(codePoint: number): boolean;
  /**
   * The members' numbers that other orders on the device hold too: digits → how to name those orders
   * in a message. Absent where there are no other orders to compare with.
   */
  readonly elsewhere?: ReadonlyMap<string, string>;
}

/** An access device of the catalogue. */
export interface Device {
  readonly model: string;
  /** Lines one device connects. */
  readonly ports: number;
  readonly note?: string;
}

/** The catalogue's device of that name, however it is spaced or cased; undefined for free text. */
export function findDevice(reference: Reference, model: string | undefined): Device | undefined {
  const wanted = model?.trim().toUpperCase();
  return reference.devices.find((device) => device.model.toUpperCase() === wanted);
}
