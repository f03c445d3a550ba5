import { assert, assertEquals } from "@std/assert";
import { runtime } from "../../mod.ts";
import { LIBRARY, test } from "../support.ts";
import { waitUntilLive } from "../waiting.ts";
import type { UnbegunReport } from "./workers/unbegun.ts";

test("Work that a terminated worker began is released, and does not run", async () => {
  const before = runtime.statistics.liveAllocations;
  const url = new URL("./workers/unbegun.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<UnbegunReport>();
  worker.onmessage = ({ data }: MessageEvent<UnbegunReport>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(LIBRARY);
  const { ticket } = await promise;
  assert(ticket > 0);
  assert(runtime.statistics.liveAllocations > before);
  worker.terminate();
  await waitUntilLive(before);
  // The thread pool may begin it now.
  const library = Deno.dlopen(LIBRARY, {
    iree_ffi_load_run: {
      parameters: ["u32"],
      result: "void",
      nonblocking: true,
    },
  });
  await library.symbols.iree_ffi_load_run(ticket);
  library.close();
  assertEquals(runtime.statistics.liveAllocations, before);
});
