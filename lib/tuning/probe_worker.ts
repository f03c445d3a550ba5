/**
 * The script of the child process that calls a program before it is measured in
 * the parent. Its exit status is all that counts: a program that crashes ends
 * only this process.
 *
 * @module
 */

import { deserialize } from "node:v8";
import { Instance } from "../base/instance.ts";
import { Device } from "../hal/device.ts";
import { load } from "../program/load.ts";
import type { ProbeRequest } from "./probe.ts";

if (import.meta.main) {
  const request = await new Response(Deno.stdin.readable).bytes();
  const { program, devices, name, inputs, options }: ProbeRequest = deserialize(
    request,
  );
  using instance = Instance.open({ library: options.library });
  for (const { uri, workers } of devices) {
    const topology = workers === undefined
      ? undefined
      : { groupCount: workers };
    using device = Device.create(instance, uri, { topology });
    try {
      using loaded = load({ ...options, modules: [program], device });
      using call = loaded.lookupFunction(name).bind(...inputs);
      call.run();
    } catch {
      // The parent meets the same failure, and reports it.
    }
  }
  // Threads of the program may never end.
  Deno.exit();
}
