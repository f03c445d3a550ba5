/**
 * Loaded before tests for the CPU: gives them Vulkan devices in place of the
 * CPU's, and ignores those that cannot run there. `built_fixtures.ts` compiles
 * their programs for Vulkan.
 *
 * @module
 */

import { Device, Instance } from "../../mod.ts";
import { setIreeFlags } from "../../lib/tooling/mod.ts";
import { VULKAN_EXCLUDED } from "./suites.ts";

const loader = Deno.env.get("DEV_VULKAN_LOADER")!;
{
  using instance = Instance.open({ bindAll: true });
  setIreeFlags(instance, { vulkan_libvulkan_search_path: loader });
}

const createGroup = Device.createGroup;

Device.createGroup = (instance, uris, options) =>
  createGroup(
    instance,
    Array.isArray(uris) ? uris.map(onVulkan) : uris,
    options,
  );

function onVulkan(uri: string): string {
  return uri === "local-sync" || uri === "local-task" ? "vulkan" : uri;
}

const STARTS = Object.keys(VULKAN_EXCLUDED);
const define = Deno.test;

function test(name: string, body: () => void | Promise<void>): void {
  const isExcluded = STARTS.some((start) => name.startsWith(start));
  (isExcluded ? define.ignore : define)(name, body);
}

Object.assign(Deno, { test: Object.assign(test, define) });
