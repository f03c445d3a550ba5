import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, execute, LIBRARY, ROOT, test } from "../support.ts";

// The address space limit applies to a whole process, so this needs a separate
// one; V8's earlier reservations stay.
const SCRIPT = `
  import { Device, Instance, IreeError, runtime } from "MOD";
  using instance = Instance.open({ library: LIBRARY });
  const status = Deno.readTextFileSync("/proc/self/status");
  const size = Number(/^VmSize:\\s*(\\d+) kB/m.exec(status)[1]) * 1024;
  new Deno.Command("prlimit", {
    args: ["--pid", String(Deno.pid), "--as=" + (size + (1 << 29))],
  }).outputSync();
  const before = runtime.statistics.liveAllocations;
  for (const groupCount of [1, 2, 8]) {
    try {
      Device.create(instance, "local-task", {
        topology: { groupCount },
        worker: { stackSize: 2 ** 31 - 1 },
      }).dispose();
      console.log("created");
    } catch (error) {
      console.log(error.code, error.detail);
    }
  }
  console.log(runtime.statistics.liveAllocations - before);
`;

test("Workers without memory for their stacks fail without a crash", async () => {
  const script = SCRIPT
    .replace("MOD", join(ROOT, "mod.ts"))
    .replace("LIBRARY", JSON.stringify(LIBRARY));
  const { code, stdout, stderr } = await execute(Deno.execPath(), [
    "eval",
    ...denoFlags(),
    script,
  ]);
  const failure = "RESOURCE_EXHAUSTED thread creation failed with 11\n";
  assertEquals([code, stdout], [0, failure.repeat(3) + "0\n"], stderr);
});
