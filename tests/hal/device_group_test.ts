import { assertEquals, assertThrows } from "@std/assert";
import {
  type BufferView,
  Device,
  HalModule,
  Instance,
  IreeError,
  load,
  runtime,
} from "../../mod.ts";
import { mustRun, program, test, tool } from "../support.ts";

const twoDevices = await program("two_devices.mlir");

const RESULT = "4xf32=12 48 108 192";

/** Pairs of drivers that a program runs on. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["local-sync", "local-sync"],
  ["local-task", "local-task"],
  ["local-sync", "local-task"],
  ["local-task", "local-sync"],
];

for (const uris of PAIRS) {
  test(`A program runs on two devices, ${uris.join(" and ")}`, async () => {
    const printed = await mustRun(tool("iree-run-module"), [
      `--module=${twoDevices}`,
      "--function=from_constants",
      ...uris.map((uri) => `--device=${uri}`),
    ]);
    assertEquals(printed.trimEnd().split("\n").at(-1), RESULT);
    {
      using loaded = load({ modules: [twoDevices], device: uris });
      assertEquals(take(loaded.call("from_constants")), RESULT);
    }
    using instance = Instance.open();
    using stack = new DisposableStack();
    const devices = group(instance, uris, stack);
    for (let i = 0; i < 3; i++) {
      using loaded = load({ modules: [twoDevices], device: devices });
      assertEquals(take(loaded.call("from_constants")), RESULT);
    }
  });
}

test("Devices of a group know their position", () => {
  using instance = Instance.open();
  using stack = new DisposableStack();
  const devices = group(instance, ["local-sync", "local-task"], stack);
  assertEquals(devices.map(({ uri }) => uri), ["local-sync", "local-task"]);
  assertEquals(devices.map(({ id }) => id), ["local-sync", "local-task"]);
  assertEquals(devices.map(({ ordinal }) => ordinal), [0, 1]);
  assertEquals(devices.map(({ groupSize }) => groupSize), [2, 2]);
  const alone = stack.use(Device.create(instance, "local-sync"));
  assertEquals([alone.ordinal, alone.groupSize], [0, 1]);
});

test("HalModule.create requires all devices of one group in order", () => {
  using instance = Instance.open();
  using stack = new DisposableStack();
  const uris = ["local-sync", "local-task"];
  const [first, second] = group(instance, uris, stack);
  const [other] = group(instance, uris, stack);
  const alone = stack.use(Device.create(instance, "local-sync"));
  stack.use(HalModule.create(instance, [first, second]));
  stack.use(HalModule.create(instance, alone));
  stack.use(HalModule.create(instance, [alone]));
  const cases: [Device | Device[], string][] = [
    [[], "got none"],
    [first, "got 1 of its 2 devices"],
    [[first], "got 1 of its 2 devices"],
    [second, "got the group's device 1 at index 0"],
    [[second, first], "got the group's device 1 at index 0"],
    [[first, first], "got the group's device 0 at index 1"],
    [[first, second, second], "got the group's device 1 at index 2"],
    [[first, other], "got 'local-sync' of another group at index 1"],
    [[alone, second], "got 'local-task' of another group at index 1"],
    [
      [first, "local-task" as unknown as Device],
      "got a string",
    ],
    [null as unknown as Device, "got null"],
  ];
  for (const [devices, words] of cases) {
    refused(() => HalModule.create(instance, devices), words);
  }
  const use = (device: (string | Device)[]): void =>
    load({ modules: [twoDevices], device }).dispose();
  refused(() => use([first]), "got 1 of its 2 devices");
  refused(() => use([second, first]), "got the group's device 1 at index 0");
  refused(() => use([first, "local-task"]), "got both");
  refused(() => use([]), "at least one URI");
  refused(
    () => load({ modules: [twoDevices], device: alone, deviceOptions: {} }),
    "deviceOptions applies only to devices created from URIs",
  );
  const lead = { modules: [twoDevices], device: uris, leadDevice: 2 };
  refused(() => load(lead), "no device 2 in a group of 2");
  using loaded = load({ ...lead, leadDevice: 1 });
  assertEquals(loaded.devices.map(({ uri }) => uri), uris);
});

test("A group needs at least one device, and all must exist", () => {
  using instance = Instance.open();
  const create = Device.createGroup;
  refused(() => create(instance, []), "at least one URI");
  refused(
    () => create(instance, "local-sync" as unknown as string[]),
    "uris must be an array, got a string",
  );
  refused(() => create(instance, [1 as unknown as string]), "must be a string");
  const error = assertThrows(
    () => create(instance, ["local-sync", "bogus"]),
    IreeError,
    "no driver 'bogus' registered",
  );
  assertEquals(error.code, "NOT_FOUND");
  const many = Array.from({ length: 1000 }, () => "local-sync");
  const exhausted = assertThrows(() => create(instance, many), IreeError);
  assertEquals(exhausted.code, "RESOURCE_EXHAUSTED");
});

test("A program for two devices does not run on one", () => {
  const error = assertThrows(
    () => load({ modules: [twoDevices], device: "local-sync" }),
    IreeError,
    "HAL device `second` not found or unavailable",
  );
  assertEquals(error.code, "INCOMPATIBLE");
});

test("A group's devices, a program and its results are released in any order", () => {
  const uris = ["local-task", "local-sync"];
  for (const order of permutations([0, 1, 2, 3, 4])) {
    const instance = Instance.open();
    const [first, second] = Device.createGroup(instance, uris);
    const loaded = load({ modules: [twoDevices], device: [first, second] });
    const view = loaded.call("from_constants") as BufferView;
    const graph = [instance, first, second, loaded, view];
    for (const index of order) {
      if (index === 4) assertEquals(view.format(), RESULT);
      graph[index].dispose();
    }
    assertEquals(runtime.statistics.liveAllocations, 0, `order ${order}`);
  }
});

test("A device of a group still works after another is disposed", () => {
  using instance = Instance.open();
  const [first, second] = Device.createGroup(instance, [
    "local-sync",
    "local-task",
  ]);
  first.dispose();
  assertEquals(second.id, "local-task");
  refused(() => HalModule.create(instance, [first, second]), "was disposed");
  second.dispose();
});

function group(
  instance: Instance,
  uris: readonly string[],
  stack: DisposableStack,
): Device[] {
  return Device.createGroup(instance, uris).map((it) => stack.use(it));
}

function take(result: unknown): string {
  using view = result as BufferView;
  return view.format();
}

function refused(act: () => unknown, words: string): void {
  assertThrows(act, IreeError, words);
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((it) => it !== item)).map((it) => [item, ...it])
  );
}
