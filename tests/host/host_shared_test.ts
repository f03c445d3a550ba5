import { assertEquals } from "@std/assert";
import { hostModule, Instance, List, load, type VmRef } from "../../mod.ts";
import { nativeModule, program, test } from "../support.ts";
import "./support.ts";

test("A TypeScript and a C++ module see one list and one object", async () => {
  const seen: unknown[] = [];
  const host = hostModule("host", {
    fill: {
      types: "(!vm.list, !types.counter, i32) -> ()",
      call: (list, counter, start) => {
        const object: VmRef | null = counter;
        seen.push(object?.typeName, list?.size);
        for (let at = 1; at <= 3; at++) list?.push(start * at);
      },
    },
    keep: {
      types: "(!types.counter) -> !types.counter",
      call: (counter) => counter,
    },
  });
  const types = await nativeModule("fixtures/types_module.cc");
  using loaded = load({
    modules: [host, types, await program("host_shared.mlir")],
  });
  using instance = Instance.open();
  using list = List.from(instance, [100]);
  assertEquals(loaded.main(list, 5), [130, 5]);
  assertEquals(await loaded.callAsync("main", list, 1), [136, 1]);
  assertEquals(seen, ["types.counter", 1, "types.counter", 4]);
  assertEquals(Array.from({ length: list.size }, (_, at) => list.get(at)), [
    ...[100, 5, 10, 15],
    ...[1, 2, 3],
  ]);
});
