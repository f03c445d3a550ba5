import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  formatDevices,
  formatDrivers,
} from "../../lib/cli/common/device_text.ts";
import { Device, Instance, IreeError, listDrivers } from "../../mod.ts";
import { probeDrivers } from "../../lib/tooling/mod.ts";
import { iree, test } from "../support.ts";
import { forEach, peer } from "./peer.ts";

test("iree devices lists drivers with their devices, or why they have none", async () => {
  const { code, stdout, stderr } = await iree(["devices"]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "local-sync: Local execution using a lightw");
  assertStringIncludes(stdout, "\n  local-sync://  default\nlocal-task: Local");
  assertStringIncludes(
    stdout,
    "\n  not available: UNIMPLEMENTED: driver not implemented\n",
  );
});

test("The message about Vulkan's loader names only variables that are read", async () => {
  using instance = Instance.open();
  const vulkan = probeDrivers(instance).find(({ name }) => name === "vulkan");
  const texts = [
    vulkan?.error?.message ?? "",
    vulkan?.error?.detail ?? "",
    (await iree(["devices"])).stdout,
    (await iree(["devices", "--json"])).stdout,
    (await iree(["devices", "--driver=vulkan"])).stderr,
    (await iree(["doctor"])).stdout,
  ];
  for (const text of texts) assert(!text.includes("LIBVULKAN_PATH"), text);
  // A system with Vulkan prints nothing here.
  if (vulkan?.error?.code !== "NOT_FOUND") return;
  for (const text of texts) {
    assertStringIncludes(text, "the flag vulkan_libvulkan_search_path");
  }
  const error = assertThrows(
    () => Device.create(instance, "vulkan"),
    IreeError,
  );
  assertStringIncludes(error.message, "the flag vulkan_libvulkan_search_path");
  assertEquals(error.hint, vulkan.error.hint);
});

test("A missing CUDA driver is reported with the reason and the fix", async () => {
  using instance = Instance.open();
  const cuda = probeDrivers(instance).find(({ name }) => name === "cuda");
  assert(cuda !== undefined);
  // A system with NVIDIA's driver lists its GPUs, or says that it has none.
  if (cuda.error?.code !== "UNAVAILABLE") return;
  const reason = "CUDA driver library 'libcuda.so'/'nvcuda.dll' not available";
  assertEquals(cuda.error.detail, reason);
  assertStringIncludes(cuda.error.hint ?? "", "install NVIDIA's driver");
  for (const uri of ["cuda", "cuda://1", "cuda://GPU-00"]) {
    const error = assertThrows(() => Device.create(instance, uri), IreeError);
    assertStringIncludes(error.message, `UNAVAILABLE: ${reason}`);
    assertEquals(error.hint, cuda.error.hint);
  }
  const { code, stdout } = await iree(["devices"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, `\n  not available: UNAVAILABLE: ${reason}\n`);
  for (const flag of ["use_streams=false", "default_index=1"]) {
    const failed = await iree(["run", `--cuda_${flag}`, "--list_devices=cuda"]);
    assertEquals(failed.code, 1);
    assertStringIncludes(failed.stderr, `UNAVAILABLE: ${reason}`);
  }
});

test("iree devices --driver lists one driver and exits with its failure", async () => {
  const { code, stdout } = await iree(["devices", "--driver=local-task"]);
  assertEquals(code, 0);
  assertEquals(
    stdout,
    "local-task: Local execution using the IREE multithreading task system\n" +
      "  local-task://  default\n",
  );
  for (const flags of [[], ["--dump"], ["--json"]]) {
    const args = ["devices", "--driver=bogus", ...flags];
    const { code, stdout, stderr } = await iree(args);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "NOT_FOUND: no driver 'bogus' registered");
  }
});

test("Drivers and devices are listed as by iree-run-module", async () => {
  using instance = Instance.open();
  for (const driver of ["local-sync", "local-task"]) {
    const theirs = await peer([`--dump_devices=${driver}`]);
    assertEquals(
      await iree(["devices", "--dump", `--driver=${driver}`]),
      { code: 0, stdout: theirs.stdout, stderr: "" },
    );
    assertEquals(
      formatDevices(instance, driver),
      (await peer([`--list_devices=${driver}`])).stdout,
    );
  }
  assertEquals(
    formatDevices(instance),
    (await peer(["--list_devices"])).stdout,
  );
  // The two programs share only some drivers.
  const [head, list] = (await peer(["--list_drivers"])).stdout.split("\n\n");
  const ours = formatDrivers(instance).split("\n\n");
  assertEquals(ours[0], head);
  const lines = ours[1].trimEnd().split("\n");
  assertEquals(lines.length, listDrivers(instance).length);
  for (const line of lines.filter((it) => it.includes(" local-"))) {
    assert(list.split("\n").includes(line), line);
  }
});

test("iree devices --dump has one part per driver, as --dump_devices", async () => {
  const parts = (text: string): Map<string, string> =>
    new Map(
      text.split(/^(?=# =+\n# Enumerated)/m)
        .map((part) => [/driver '(.*)'/.exec(part)?.[1] ?? "", part.trimEnd()]),
    );
  const ours = parts((await iree(["devices", "--dump"])).stdout);
  const theirs = parts((await peer(["--dump_devices"])).stdout);
  for (const driver of ["local-sync", "local-task", "vulkan"]) {
    assertEquals(ours.get(driver), theirs.get(driver));
  }
  using instance = Instance.open();
  assertEquals([...ours.keys()], listDrivers(instance).map(({ name }) => name));
});

test("iree devices --topologies prints the same as --dump_task_topologies", async () => {
  await forEach(
    [
      [],
      ["--task_topology_group_count=3"],
      ["--task_topology_group_count=0"],
      ["--task_topology_cpu_ids=0", "--task_topology_cpu_ids=0, 0"],
      ["--task_topology_nodes=all", "--task_topology_max_group_count=1"],
      ["--task_topology_nodes=0", "--task_topology_mode=physical_cores"],
      ["--task_topology_nodes=", "--task_topology_favor="],
      [
        "--task_topology_performance_level=high",
        "--task_topology_distribution=compact",
      ],
      ["--task_topology_favor=throughput"],
    ],
    async (flags) => {
      const theirs = await peer([...flags, "--dump_task_topologies"]);
      const args = ["devices", "--driver=local-sync", "--topologies", ...flags];
      const { code, stdout, stderr } = await iree(args);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(stdout.split("\n").slice(2).join("\n"), theirs.stdout);
    },
  );
});

test("iree devices --json prints everything as JSON", async () => {
  const { code, stdout, stderr } = await iree([
    "devices",
    "--json",
    "--topologies",
    "--task_topology_cpu_ids=0",
  ]);
  assertEquals([code, stderr], [0, ""]);
  const { drivers, topologies } = JSON.parse(stdout);
  const byName = Object.fromEntries(
    drivers.map((driver: { name: string }) => [driver.name, driver]),
  );
  assertEquals(byName["local-sync"], {
    name: "local-sync",
    fullName: "Local execution using a lightweight inline synchronous queue",
    devices: [
      {
        driver: "local-sync",
        path: "",
        name: "default",
        details: "",
        uri: "local-sync://",
      },
    ],
  });
  assertEquals(byName.null.devices, []);
  assertEquals(byName.null.error, {
    code: "UNIMPLEMENTED",
    message: "driver not implemented",
  });
  assertEquals(topologies.length, 1);
  assertEquals(topologies[0].groups[0].affinity.id, 0);
});

test("iree devices reports wrong usage", async () => {
  await forEach(
    [
      [["--task_topology_group_count=1"], "need --topologies"],
      [
        ["--dump", "--json"],
        "--dump prints text and cannot be used with --json",
      ],
      [["local-task"], "unexpected argument 'local-task'"],
      [["--topologies", "--task_topology_group_count=257"], "from 0 to 256"],
      [["--topologies", "--task_topology_group_count=x"], "got 'x'"],
      [["--topologies", "--task_topology_cpu_ids="], "got ''"],
      [["--topologies", "--task_topology_cpu_ids=0,-1"], "got '-1'"],
      [["--topologies", "--task_topology_nodes=some"], "got 'some'"],
      [["--topologies", "--task_topology_favor=speed"], "value 'speed'"],
      [["--topologies", "--task_topology_mode=logical"], "value 'logical'"],
    ] as const,
    async ([flags, words]) => {
      const { code, stdout, stderr } = await iree(["devices", ...flags]);
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, words);
      assertStringIncludes(stderr, "see `iree devices --help`");
    },
  );
});

test("Missing CPUs and nodes are failures", async () => {
  await forEach(
    [
      ["--task_topology_cpu_ids=100000", "OUT_OF_RANGE: cpu_ids[0] 100000"],
      ["--task_topology_nodes=999", "INVALID_ARGUMENT: NUMA node id 999"],
    ] as const,
    async ([flag, words]) => {
      const { code, stdout, stderr } = await iree([
        "devices",
        "--topologies",
        flag,
      ]);
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, words);
    },
  );
});
