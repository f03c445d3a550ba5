/**
 * A worker that makes objects of every kind, disposes none, and waits to be
 * terminated.
 *
 * @module
 */

import {
  Context,
  Device,
  DynamicModule,
  HalModule,
  Instance,
  List,
  load,
  VmBuffer,
} from "../../../mod.ts";

declare const self: {
  onmessage: (event: MessageEvent<string[]>) => void;
  postMessage(message: string): void;
};

const kept: unknown[] = [];

self.onmessage = ({ data: modules }) => {
  const instance = Instance.open();
  const device = Device.create(instance, "local-task");
  const hal = HalModule.create(instance, device);
  const native = DynamicModule.load(instance, modules[0]);
  const context = Context.create(instance, [hal, native]);
  const program = load({ modules, device });
  const view = program.call("doubled");
  const list = List.from(instance, [
    VmBuffer.from(instance, new Uint8Array(100)),
    context.lookupFunction("types.counter_create").call(1) as List,
  ]);
  kept.push(instance, device, hal, native, context, program, view, list);
  self.postMessage("ready");
};
