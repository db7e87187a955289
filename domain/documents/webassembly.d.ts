/** The part of WebAssembly that the subsetter needs; neither the DOM's nor Node's types are here. */
declare namespace WebAssembly {
  function instantiate(
    bytes: Uint8Array<ArrayBuffer> | ArrayBuffer,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
}
