import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import {
  execute,
  mustRun,
  program,
  ROOT,
  TemporaryFolder,
} from "../support.ts";
import { installClients } from "../serve/python_clients.ts";

const DEPLOY = join(ROOT, "docs/deploy");

/** Another user, if this one may become it. */
const OTHER_USER: readonly string[] = Deno.uid() === 0
  ? ["setpriv", "--reuid=65532", "--regid=65532", "--clear-groups"]
  : [];

async function listFolder(folder: string): Promise<string[]> {
  const text = await mustRun("find", [folder, "-printf", "%p %s %T@\n"]);
  return text.trimEnd().split("\n").toSorted();
}

Deno.test("The container's steps make a server that needs no environment and writes nothing", async () => {
  using folder = new TemporaryFolder();
  const root = folder.join("iree");
  await mustRun(join(DEPLOY, "assemble"), [root]);
  await Deno.mkdir(folder.join("models/score/1"), { recursive: true });
  await Deno.copyFile(
    await program("served.mlir"),
    folder.join("models/score/1/model.vmfb"),
  );
  await Deno.writeTextFile(
    folder.join("models/score/model.json"),
    '{"function":"score"}',
  );
  await mustRun("chmod", ["-R", "a-w,a+rX", folder.path]);
  const before = await listFolder(folder.path);
  const [command, ...args] = [
    ...OTHER_USER,
    ...[join(root, "serve"), `--model-repository=${folder.join("models")}`],
    ...["--http-port=0", "--device=local-sync", "--instances=2"],
  ];
  const child = new Deno.Command(command!, {
    args,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
    stderr: "piped",
  }).spawn();
  let log = "";
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reading = (async () => {
    for await (
      const text of child.stderr.pipeThrough(new TextDecoderStream())
    ) {
      log += text;
      const [, port] = /listening on http:\/\/0\.0\.0\.0:(\d+)/.exec(log) ?? [];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    }
    reject(new Error(`it ended: ${log}`));
  })();
  try {
    const url = await promise;
    const response = await fetch(`${url}/v2/models/score/infer`, {
      method: "POST",
      body: JSON.stringify({
        inputs: [{
          name: "input0",
          datatype: "FP32",
          shape: [1, 4],
          data: [1, 2, 3, 4],
        }],
      }),
    });
    assertEquals((await response.json()).outputs[0].data, [30]);
    const status = await mustRun("cat", [`/proc/${child.pid}/status`]);
    if (OTHER_USER.length > 0) assertMatch(status, /^Uid:\s+65532\s/m);
  } finally {
    child.kill("SIGTERM");
    await reading;
  }
  assertEquals((await child.status).code, 0, log);
  assertEquals(await listFolder(folder.path), before);
  await mustRun("chmod", ["-R", "u+w", folder.path]);
});

Deno.test("The Containerfile builds by the script, and starts what it makes as another user", async () => {
  const text = await Deno.readTextFile(join(DEPLOY, "Containerfile"));
  assertEquals(text.match(/^FROM /gm)?.length, 2);
  assertMatch(text, /^RUN \/source\/docs\/deploy\/assemble \/opt\/iree$/m);
  assertMatch(text, /^USER 65532:65532$/m);
  assertMatch(text, /^ENTRYPOINT \["\/opt\/iree\/serve"\]$/m);
});

const { python, reason } = await installClients(
  "tests/release/requirements-manifests.txt",
);
if (python === undefined) console.warn(`no check of manifests: ${reason}`);

Deno.test({
  name:
    "The manifests fit the schemas of Kubernetes and KServe, and misspelled ones do not",
  ignore: python === undefined,
  fn: async () => {
    const peer = join(ROOT, "tests/release/manifests_peer.py");
    const paths = ["kubernetes.yaml", "kserve.yaml"].map((it) =>
      join(DEPLOY, it)
    );
    assertEquals(JSON.parse(await mustRun(python!, [peer, ...paths])), [
      ...["Deployment", "Service", "HorizontalPodAutoscaler"],
      ...["PodDisruptionBudget", "ClusterServingRuntime", "InferenceService"],
    ]);
    using folder = new TemporaryFolder();
    for (
      const [path, word, wrong] of [
        ["kubernetes.yaml", "averageValue", "avrageValue"],
        ["kubernetes.yaml", "maxSurge", "maxSurges"],
        ["kserve.yaml", "readinessProbe", "readinessProbes"],
        ["kserve.yaml", "supportedModelFormats", "supportedFormats"],
        ["kserve.yaml", "storageUri", "storageUrl"],
      ] as const
    ) {
      const text = await Deno.readTextFile(join(DEPLOY, path));
      assert(text.includes(word), word);
      const changed = folder.join(path);
      await Deno.writeTextFile(changed, text.replaceAll(word, wrong));
      const { code } = await execute(python!, [peer, changed]);
      assertEquals(code, 1, wrong);
    }
  },
});
