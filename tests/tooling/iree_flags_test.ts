import { assertEquals, assertThrows } from "@std/assert";
import { Device, Instance, IreeError } from "../../mod.ts";
import { setIreeFlags } from "../../lib/tooling/mod.ts";
import { test } from "../support.ts";

// Flags are for good: only such are set here as change nothing in this process.

test("setIreeFlags takes flags that IREE has", () => {
  using instance = Instance.open();
  setIreeFlags(instance, {
    vulkan_tracing: "true",
    device_profiling_mode: "",
    device_profiling_counter: [],
  });
  using device = Device.create(instance, "local-sync");
  assertEquals(device.id, "local-sync");
});

test("setIreeFlags refuses flags that are not there for it, all or none", () => {
  using instance = Instance.open();
  for (
    const [flags, words] of [
      [{ bogus: "1" }, "no flag 'bogus' can be set"],
      [{ help: "" }, "no flag 'help' can be set"],
      [{ list_drivers: "" }, "no flag 'list_drivers' can be set"],
      [{ flagfile: "x" }, "no flag 'flagfile' can be set"],
      [{ toString: "x" }, "no flag 'toString' can be set"],
      [{ vulkan_tracing: ["true", "false"] }, "has one value"],
      [{ vulkan_tracing: [] }, "has one value"],
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
