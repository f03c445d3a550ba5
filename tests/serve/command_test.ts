import { assert, assertEquals, assertMatch } from "@std/assert";
import { iree, TemporaryFolder, test } from "../support.ts";
import { namedThreads } from "../threads.ts";
import { waitUntil } from "../waiting.ts";
import { endUnderLoad, killAndRestart, ServeProcess } from "./serve_process.ts";
import { SERVED } from "./support.ts";

test("iree serve answers requests, and ends with 0 on SIGTERM", async () => {
  await using process = await ServeProcess.start(
    `served=${SERVED}`,
    "--instances=2",
    "--max-batch-size=16",
  );
  assertMatch(
    process.text,
    /model served has several functions, and score is served; choose with --function/,
  );
  const response = await process.infer("served", [[1, 0, 0, 0], [0, 1, 0, 0]]);
  assertEquals((await response.json()).outputs[0].data, [1, 2]);
  const wrong = await process.infer("none", []);
  assertEquals(wrong.status, 404);
  await wrong.body?.cancel();
  await process.until(/info POST \/v2\/models\/none\/infer status=404/);
  assertEquals(await process.end(), 0);
  assertMatch(process.text, /ending on SIGTERM\n.* ended\n$/);
  assert(!process.text.includes("legacy"));
});

test("SIGTERM loses no request that has arrived", async () => {
  const statuses = await endUnderLoad();
  assert(statuses.filter((it) => it === 200).length > 50);
});

test("A server that was killed under load serves again on its port", async () => {
  const { first, again } = await killAndRestart();
  assert(first > 0 && again > 0);
});

test("iree serve rejects wrong usage before it loads anything", async () => {
  using folder = new TemporaryFolder();
  const messageOf = async (...args: string[]) => {
    const { code, stderr } = await iree(["serve", ...args]);
    return [code, stderr.split("\n")[0]];
  };
  assertEquals(await messageOf(), [
    2,
    "error: no MODEL or --model-repository to serve",
  ]);
  assertEquals(await messageOf("a.vmfb", "b/a.vmfb"), [
    2,
    "error: two models have the name 'a'; name them: NAME=MODEL",
  ]);
  assertEquals(await messageOf("a.vmfb", "--batch-delay=1"), [
    2,
    "error: --batch-delay needs --max-batch-size",
  ]);
  assertEquals(await messageOf("a.vmfb", "--http-port=70000"), [
    2,
    "error: flag 'http_port' must be an integer from 0 to 65535, got '70000'",
  ]);
  const [code, line] = await messageOf(folder.join("none.vmfb"));
  assertEquals(code, 1);
  assert(String(line).includes("none.vmfb"));
});

Deno.test({
  name: "--threads sets the threads of each model, of a repository too",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using folder = new TemporaryFolder();
    await Deno.mkdir(folder.join("stored/1"), { recursive: true });
    await Deno.copyFile(SERVED, folder.join("stored/1/model.vmfb"));
    await Deno.writeTextFile(
      folder.join("stored/model.json"),
      '{"function":"score"}',
    );
    await using process = await ServeProcess.start(
      `given=${SERVED}`,
      `--model-repository=${folder.path}`,
      "--threads=3",
    );
    const count = () => namedThreads("iree-worker", process.pid).length;
    await waitUntil(() => count() >= 6, "all threads have names");
    assertEquals(count(), 6);
  },
});
