import { assertEquals, assertThrows } from "@std/assert";
import {
  hostModule,
  hostType,
  Instance,
  IreeError,
  List,
  load,
  runtime,
} from "../../mod.ts";
import { program, test } from "../support.ts";
import "./support.ts";

interface Thing {
  readonly value: number;
}

const thing = hostType<Thing, "host.thing">("host.thing");

function objects(forks = true) {
  return hostModule("host", {
    make: { types: "(i32) -> !host.thing", call: (value) => ({ value }) },
    read: {
      types: "(!host.thing) -> i32",
      call: (it, { state }) => {
        state.reads++;
        return it === null ? -1 : it.value * 100 + state.reads;
      },
    },
    length: {
      types: "(!vm.list) -> i32",
      call: (list) => list === null ? -1 : list.size,
    },
    echo: { types: "(!vm.list<?>) -> !vm.list<?>", call: (list) => list },
  }, {
    hostTypes: [thing],
    state: () => ({ reads: 0 }),
    fork: forks ? (it) => ({ ...it }) : undefined,
  });
}

test("A program keeps a JavaScript value and returns it", async () => {
  using loaded = load({
    modules: [objects(), await program("host_objects.mlir")],
  });
  assertEquals(loaded.read(), -1);
  loaded.keep(7);
  assertEquals(loaded.read(), 702);
  assertEquals(await loaded.callAsync("read"), 703);
});

test("The statistics count the values that programs keep", async () => {
  const count = () => runtime.statistics.hostValues;
  {
    using loaded = load({
      modules: [objects(), await program("host_objects.mlir")],
    });
    assertEquals(count(), 0);
    loaded.keep(7);
    assertEquals(count(), 1);
    using fork = loaded.fork();
    await fork.callAsync("keep", 8);
    assertEquals(count(), 2);
    // Replaced, and released on another thread.
    await loaded.callAsync("keep", 9);
    assertEquals(count(), 2);
    using instance = Instance.open();
    using object = thing.create(instance, { value: 1 });
    using list = List.from(instance, [object, object]);
    object.dispose();
    assertEquals(count(), 3);
    list.resize(0);
    assertEquals(count(), 2);
  }
  assertEquals(count(), 0);
});

test("A fork has a copy of a module's state", async () => {
  using loaded = load({
    modules: [objects(), await program("host_objects.mlir")],
  });
  loaded.keep(1);
  loaded.read();
  using fork = loaded.fork();
  assertEquals([fork.read(), fork.read()], [102, 103]);
  assertEquals(loaded.read(), 102);
});

test("A module with state and without `fork` cannot be forked", async () => {
  using loaded = load({
    modules: [objects(false), await program("host_objects.mlir")],
  });
  const error = assertThrows(() => loaded.fork(), IreeError);
  assertEquals(error.code, "UNIMPLEMENTED");
});

test("Lists and nulls come in and go out", async () => {
  using loaded = load({
    modules: [objects(), await program("host_objects.mlir")],
  });
  using instance = Instance.open();
  using list = List.from(instance, [1, 2, 3]);
  assertEquals([loaded.length(list), loaded.length(null)], [3, -1]);
  assertEquals(await loaded.callAsync("length", list), 3);
  using same = loaded.echo(list) as List;
  list.push(4);
  assertEquals(same.size, 4);
  assertEquals(loaded.echo(null), null);
  using later = await loaded.callAsync("echo", list) as List;
  assertEquals(later.size, 4);
});

test("A value of another type is rejected", () => {
  using instance = Instance.open();
  const other = hostType<number>("host.other");
  using object = other.create(instance, 5);
  assertEquals(other.read(object), 5);
  const error = assertThrows(() => thing.read(object), IreeError);
  assertEquals(error.code, "INVALID_ARGUMENT");
});
