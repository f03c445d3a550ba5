import { assert } from "@std/assert";
import { test } from "../support.ts";
import { tryRandomHosts } from "./random_hosts.ts";
import "./support.ts";

test("Random modules, calls and disposals leave nothing", async () => {
  const { failures, returned } = await tryRandomHosts(1500, 15, false);
  assert(failures > 50, `${failures} failures`);
  assert(returned > 50, `${returned} returned`);
});
