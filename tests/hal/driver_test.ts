import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  Device,
  Instance,
  IreeError,
  listDevices,
  listDrivers,
} from "../../mod.ts";
import { probeDrivers } from "../../lib/tooling/mod.ts";
import { mustRun, test, tool } from "../support.ts";

test("Drivers are listed with the names and texts that IREE prints", async () => {
  using instance = Instance.open();
  const drivers = listDrivers(instance);
  const names = drivers.map(({ name }) => name);
  assert(names.includes("local-sync") && names.includes("local-task"));
  const printed = await mustRun(tool("iree-run-module"), ["--list_drivers"]);
  for (const { name, fullName } of drivers) {
    const line = new RegExp(`^ *${name}: (.*)$`, "m").exec(printed)?.[1];
    // The two programs share only some drivers.
    if (line !== undefined) assertEquals(fullName, line);
  }
});

test("Devices are listed as by IREE, for one driver or for all", async () => {
  using instance = Instance.open();
  for (const driver of ["local-sync", "local-task"]) {
    const device = { driver, path: "", uri: `${driver}://`, name: "default" };
    assertEquals(listDevices(instance, driver), [{ ...device, details: "" }]);
  }
  const all = listDevices(instance);
  const printed = await mustRun(tool("iree-run-module"), ["--list_devices"]);
  assertEquals(all.map(({ uri }) => `${uri}\n`).join(""), printed);
});

test("Listed devices can be created", () => {
  using instance = Instance.open();
  for (const { uri } of listDevices(instance)) {
    using device = Device.create(instance, uri);
    assertEquals(device.uri, uri);
  }
});

test("An unusable driver reports the reason, and is skipped among all", () => {
  using instance = Instance.open();
  const reports = probeDrivers(instance, { details: true });
  assertEquals(
    reports.map(({ name }) => name),
    listDrivers(instance).map(({ name }) => name),
  );
  const unusable = reports.filter(({ error }) => error !== undefined);
  assert(unusable.some(({ name }) => name === "null"));
  for (const { name, devices, error } of unusable) {
    assertEquals(devices, []);
    const thrown = assertThrows(() => listDevices(instance, name), IreeError);
    assertEquals([thrown.code, thrown.detail], [error?.code, error?.detail]);
  }
  assertEquals(
    reports.flatMap(({ devices }) => devices.map(({ uri }) => uri)),
    listDevices(instance).map(({ uri }) => uri),
  );
});

test("A missing driver is NOT_FOUND", () => {
  using instance = Instance.open();
  for (const name of ["bogus", "", "local-task://", "local\0sync"]) {
    const error = assertThrows(() => listDevices(instance, name), IreeError);
    assertEquals(error.code, "NOT_FOUND", name);
  }
  assertThrows(
    () => listDevices(instance, 1 as unknown as string),
    IreeError,
    "the name of the driver must be a string",
  );
});

test("Listing after the instance is disposed throws", () => {
  const instance = Instance.open();
  instance.dispose();
  for (const list of [listDrivers, listDevices, probeDrivers]) {
    assertThrows(() => list(instance), IreeError, "was disposed");
  }
});
