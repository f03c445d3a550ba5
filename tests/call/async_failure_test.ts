import { assertEquals, assertThrows } from "@std/assert";
import {
  type BufferView,
  Device,
  Instance,
  IreeError,
  load,
} from "../../mod.ts";
import { failureOf, nativeModule, program, test } from "../support.ts";

const failing = await nativeModule("fixtures/failing_module.cc");
const failures = await program("failing.mlir");

const INPUT = {
  elementType: "f32",
  shape: [4],
  data: new Float32Array([1, 2, 3, 4]),
} as const;

/** The failure that the module sets on its fence. */
const WORDS = "the service lost it; in its archive";

function assertTold(error: unknown): void {
  if (!(error instanceof IreeError)) throw error;
  assertEquals([error.code, error.detail.startsWith(WORDS)], [
    "DATA_LOSS",
    true,
  ], error.message);
}

for (const device of ["local-sync", "local-task"]) {
  for (const name of ["signal", "square", "await"]) {
    const open = () => load({ modules: [failing, failures], device });

    test(`The message of '${name}' arrives from every way to wait, on ${device}`, () => {
      using loaded = open();
      const fails = loaded.lookupFunction(name);
      using bound = fails.bind(INPUT);
      for (
        const call of [
          () => fails.call(INPUT),
          () => bound.call(),
          () => loaded.call(name, INPUT),
        ]
      ) assertTold(assertThrows(call));
    });

    test(`The message of '${name}' arrives from every synchronous call, on ${device}`, async () => {
      using instance = Instance.open();
      using work = Device.create(instance, device);
      using loaded = load({ modules: [failing, failures], device: work });
      const fails = loaded.lookupFunction(name);
      using fork = loaded.fork();
      for (
        const call of [
          () => fails.callAsync(INPUT),
          () => fails.with({}).callAsync(INPUT),
          () => loaded.callAsync(name, INPUT),
          () => fork.callAsync(name, INPUT),
        ]
      ) assertTold(await failureOf(call()));
      for (let round = 0; round < 10; round++) {
        const calls = Array.from({ length: 4 }, () => fails.callAsync(INPUT));
        const failed = await Promise.all(calls.map(failureOf));
        failed.forEach(assertTold);
      }
      await work.waitIdleAsync();
      work.waitIdle();
    });

    if (name !== "signal") continue; // the others fail while they are submitted
    test(`The message of '${name}' arrives from the submission, on ${device}`, async () => {
      using loaded = open();
      const fails = loaded.lookupFunction(name);
      const first = fails.submit(INPUT);
      using view = first.results as BufferView;
      const second = fails.submit(view);
      using other = second.results as BufferView;
      const failed = await Promise.all(
        [first, second].map(({ finished }) => failureOf(finished)),
      );
      failed.forEach(assertTold);
      for (const it of [view, other]) {
        const error = assertThrows(() => it.toTypedArray(), IreeError, WORDS);
        assertEquals(error.code, "FAILED_PRECONDITION");
        assertTold(error.cause);
      }
    });
  }
}
