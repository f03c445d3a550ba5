/**
 * A worker that issues a ticket for a load, which no thread begins.
 *
 * @module
 */

/** The ticket that the worker sends. */
export interface UnbegunReport {
  readonly ticket: number;
}

declare const self: {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage(report: UnbegunReport): void;
};

self.onmessage = ({ data: library }) => {
  const { symbols } = Deno.dlopen(library, {
    iree_ffi_instance_acquire: { parameters: [], result: "pointer" },
    iree_ffi_load_module_bytes: {
      parameters: ["pointer", "buffer", "usize"],
      result: "pointer",
    },
    iree_ffi_load_begin: { parameters: ["pointer"], result: "u32" },
  });
  const bytes = new Uint8Array(1000);
  const load = symbols.iree_ffi_load_module_bytes(
    symbols.iree_ffi_instance_acquire(),
    bytes,
    BigInt(bytes.length),
  );
  self.postMessage({ ticket: symbols.iree_ffi_load_begin(load) });
};
