/**
 * Shared by the tests: fixtures compiled once and cached by content, the peers'
 * tools, and tests that end with zero live native allocations.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Device, Instance, IreeError, runtime } from "../mod.ts";
import "./sanitizers/blame.ts";
import { blockUntilNothingLives } from "./waiting.ts";

export * from "./built_fixtures.ts";
export {
  CACHE_VARIABLES,
  DENO_DIR,
  inCache,
  LIBRARY,
  LIBRARY_FORMAT,
  ROOT,
  ROOT_URL,
  SANITIZE,
  SDK,
  tool,
} from "./environment.ts";
export * from "./processes.ts";
export * from "./temporary_folder.ts";

// Opens the library here, so that no test is blamed for the resource.
Instance.open({ bindAll: true }).dispose();

/**
 * Defines a test that must end with zero live native allocations.
 *
 * @param name The behaviour that it shows.
 * @param body The test; it disposes everything it makes.
 */
export function test(name: string, body: () => void | Promise<void>): void {
  Deno.test(name, async () => {
    assertEquals(runtime.statistics.liveAllocations, 0, "live before the test");
    await body();
    assertEquals(blockUntilNothingLives(), 0, "live after the test");
    assertEquals(runtime.statistics.liveBytes, 0, "live after the test");
    assertEquals(runtime.statistics.hostValues, 0, "held after the test");
  });
}

/** For children that crash, which a sanitizer would report. */
export const unsanitized: typeof test = Deno.env.has("DEV_SANITIZE")
  ? (name, body) => Deno.test.ignore(name, body)
  : test;

/**
 * Returns the error that a promise rejects with.
 *
 * @param promise A promise that must reject with an IreeError.
 */
export async function failureOf(promise: Promise<unknown>): Promise<IreeError> {
  const error = await promise.then(() => undefined, (error) => error);
  if (error instanceof IreeError) return error;
  throw new Error(`no failure but ${error}`);
}

/** Opens a device, and disposes everything that a test made. */
export function withDevice(
  body: (device: Device, instance: Instance) => void,
  uri = "local-sync",
): void {
  using instance = Instance.open();
  using device = Device.create(instance, uri);
  body(device, instance);
}
