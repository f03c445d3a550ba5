import { assertEquals, assertThrows } from "@std/assert";
import { encodeNpy } from "../../lib/npy/mod.ts";
import {
  BufferView,
  DynamicModule,
  hostModule,
  hostType,
  Instance,
  IreeError,
  load,
  ParameterIndex,
} from "../../mod.ts";
import { failureOf, program, test } from "../support.ts";

// A revoked Proxy throws a TypeError at any look, an instanceof included.

const mul = await program("mul.mlir");

function revoked(target: object): never {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy as never;
}

test("A revoked Proxy is rejected with an IreeError, wherever it is passed", async () => {
  using instance = Instance.open();
  using loaded = load(mul, { device: "local-sync" });
  using index = ParameterIndex.create(instance);
  const mulOf = loaded.lookupFunction("mul");
  const data = [1, 2, 3, 4];
  const calls: [string, (value: never) => unknown][] = [
    ["module", (value) => load(value)],
    ["modules", (value) => load({ modules: [value] })],
    ["device", (value) => load(mul, { device: value })],
    ["named inputs", (value) => mulOf.run(value)],
    ["tensor", (value) => mulOf.compute(value, data)],
    ["BufferView.from", (value) => BufferView.from(instance, value)],
    ["encodeNpy", (value) => encodeNpy(value)],
    ["DynamicModule.load", (value) => DynamicModule.load(instance, value)],
    ["addFrom", (value) => index.addFrom(value, "key")],
    ["host functions", (value) => hostModule("host", value)],
    ["host function", (value) => hostModule("host", { f: value })],
    ["HostType.read", (value) => hostType("host.type").read(value)],
  ];
  const targets = { object: {}, array: [], function: () => {} };
  for (const [name, call] of calls) {
    for (const [kind, target] of Object.entries(targets)) {
      const label = `${name}: ${kind}`;
      const error = await failureOf((async () => {
        await call(revoked(target));
      })());
      assertEquals([label, error.code], [label, "INVALID_ARGUMENT"]);
    }
  }
});

test("A Proxy of an ArrayBuffer or a BufferView is not one", () => {
  using instance = Instance.open();
  using view = BufferView.from(instance, new Float32Array(4));
  using loaded = load(mul, { device: "local-sync" });
  const proxies = [new ArrayBuffer(16), view].map((it) => new Proxy(it, {}));
  for (const proxy of proxies as never[]) {
    assertThrows(() => encodeNpy(proxy), IreeError);
    assertThrows(() => loaded.mul(proxy, [1, 2, 3, 4]), IreeError);
    assertThrows(
      () => BufferView.from(instance, proxy, { elementType: "f32" }),
      IreeError,
    );
  }
});
