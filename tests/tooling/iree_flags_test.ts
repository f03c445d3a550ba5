import { assertEquals, assertThrows } from "@std/assert";
import { Device, Instance, IreeError } from "../../mod.ts";
import { setIreeFlags } from "../../lib/tooling/mod.ts";
import { test } from "../support.ts";

// Flags last for the process, so only flags without effect here are set.

test("setIreeFlags accepts IREE's flags", () => {
  using instance = Instance.open();
  setIreeFlags(instance, {
    vulkan_tracing: "true",
    device_profiling_mode: "",
    device_profiling_counter: [],
  });
  using device = Device.create(instance, "local-sync");
  assertEquals(device.id, "local-sync");
});

test("setIreeFlags rejects flags that it does not allow, and sets all or none", () => {
  using instance = Instance.open();
  for (
    const [flags, words] of [
      [{ bogus: "1" }, "no flag 'bogus' can be set"],
      [{ help: "" }, "no flag 'help' can be set"],
      [{ list_drivers: "" }, "no flag 'list_drivers' can be set"],
      [{ flagfile: "x" }, "no flag 'flagfile' can be set"],
      [{ toString: "x" }, "no flag 'toString' can be set"],
      [{ vulkan_tracing: ["true", "false"] }, "must have one value"],
      [{ vulkan_tracing: [] }, "must have one value"],
      [{ vulkan_dispatch_abi: "a\0b" }, "a flag has a NUL character"],
    ] as const
  ) {
    const error = assertThrows(
      () => setIreeFlags(instance, flags as Record<string, string>),
      IreeError,
      words,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});
