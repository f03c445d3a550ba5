import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { ModelServer } from "../../lib/serve/mod.ts";
import { TemporaryFolder, test } from "../support.ts";
import { SERVED } from "./support.ts";

/** A repository in a folder that is removed. */
class Repository implements Disposable {
  readonly folder: TemporaryFolder = new TemporaryFolder();
  readonly path: string = this.folder.join("models");

  /** Adds a version of a model, and its `model.json`. */
  async add(
    name: string,
    version: number,
    config?: object,
    model = SERVED,
  ): Promise<void> {
    const folder = join(this.path, name, `${version}`);
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(model, join(folder, "model.vmfb"));
    if (config !== undefined) {
      const path = join(this.path, name, "model.json");
      await Deno.writeTextFile(path, JSON.stringify(config));
    }
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

async function post(
  server: ModelServer,
  path: string,
  body: unknown = {},
): Promise<[number, unknown]> {
  const response = await server.fetch(
    new Request(`http://test${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    }),
  );
  const text = await response.text();
  return [response.status, text === "" ? "" : JSON.parse(text)];
}

const SCORE = {
  inputs: [
    { name: "input0", datatype: "FP32", shape: [1, 4], data: [1, 0, 0, 0] },
  ],
};

test("A repository serves its models as their model.json says", async () => {
  using repository = new Repository();
  await repository.add("score", 1, {
    function: "score",
    instances: 2,
    batching: { maxSize: 8 },
    warmUp: [SCORE],
  });
  await repository.add("score", 3);
  await repository.add("both", 1, { function: "add", versions: "all" });
  await repository.add("both", 2);
  await using server = new ModelServer();
  assertEquals((await server.openRepository(repository.path)).size, 0);
  assertEquals(
    server.models.map(({ name, version }) => [name, version]),
    [["both", 1], ["both", 2], ["score", 3]],
  );
  const [status, answer] = await post(server, "/v2/models/score/infer", SCORE);
  assertEquals([status, (answer as { model_version: string }).model_version], [
    200,
    "3",
  ]);
  const ready = { version: "", state: "READY", reason: "" };
  assertEquals(await post(server, "/v2/repository/index"), [200, [
    { ...ready, name: "both", version: "1" },
    { ...ready, name: "both", version: "2" },
    { ...ready, name: "score", version: "3" },
  ]]);
});

test("Models that cannot be loaded are reported, and leave the others alone", async () => {
  using repository = new Repository();
  await repository.add("good", 1, { function: "score" });
  await repository.add("damaged", 1, { function: "score" });
  await Deno.writeTextFile(
    join(repository.path, "damaged/1/model.vmfb"),
    "not a program",
  );
  await repository.add("several", 1);
  await repository.add("misspelt", 1, { functoin: "score" });
  await repository.add("cold", 1, {
    function: "score",
    warmUp: [{ inputs: [] }],
  });
  await Deno.mkdir(join(repository.path, "empty"));
  await using server = new ModelServer();
  const failures = await server.openRepository(repository.path);
  assertEquals([...failures.keys()], [
    ...["cold", "damaged", "empty", "misspelt", "several"],
  ]);
  const [, index] = await post(server, "/v2/repository/index");
  const reasons = Object.fromEntries(
    (index as { name: string; state: string; reason: string }[])
      .map(({ name, state, reason }) => [name, `${state} ${reason}`]),
  );
  assertEquals(reasons.good, "READY ");
  assertEquals(
    reasons.cold,
    "UNAVAILABLE input 'input0' is missing: FP32 [-1, 4]",
  );
  assertEquals(
    reasons.several,
    "UNAVAILABLE function must be given: the program has 5 functions",
  );
  assert(
    reasons.misspelt.endsWith(
      "model.json: members must be among function, instances, maxQueue, device, " +
        "batching, parameters, versions, warmUp, got 'functoin'",
    ),
  );
  assertEquals((await post(server, "/v2/models/good/infer", SCORE))[0], 200);
});

test("A new version takes over without dropping a request", async () => {
  using repository = new Repository();
  await repository.add("score", 1, { function: "score", maxQueue: 10_000 });
  await using server = new ModelServer();
  await server.openRepository(repository.path);
  const statuses = new Set<number>();
  const versions = new Set<string>();
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      const [status, answer] = await post(
        server,
        "/v2/models/score/infer",
        SCORE,
      );
      statuses.add(status);
      versions.add((answer as { model_version: string }).model_version);
    }
  };
  const clients = [1, 2, 3, 4].map(client);
  for (const version of [2, 3, 4]) {
    await repository.add("score", version);
    assertEquals(await post(server, "/v2/repository/models/score/load"), [
      200,
      "",
    ]);
  }
  // A version that cannot be loaded leaves the last one in place.
  await repository.add("score", 5);
  await Deno.writeTextFile(join(repository.path, "score/5/model.vmfb"), "no");
  const [status] = await post(server, "/v2/repository/models/score/load");
  assertEquals(status, 400);
  await post(server, "/v2/models/score/infer", SCORE);
  isOver = true;
  await Promise.all(clients);
  assertEquals([...statuses], [200]);
  assert(versions.has("4") && !versions.has("5"));
  assertEquals(await post(server, "/v2/repository/models/score/unload"), [
    200,
    "",
  ]);
  assertEquals((await post(server, "/v2/models/score/infer", SCORE))[0], 404);
});

test("Nothing outside of the repository is read by any name", async () => {
  using repository = new Repository();
  await repository.add("good", 1, { function: "score" });
  const outside = repository.folder.join("outside");
  await Deno.mkdir(join(outside, "1"), { recursive: true });
  await Deno.copyFile(SERVED, join(outside, "1/model.vmfb"));
  await Deno.writeTextFile(
    join(outside, "model.json"),
    '{"function":"score","secret":1}',
  );
  await Deno.symlink(outside, join(repository.path, "linked"));
  await repository.add("links", 1);
  await Deno.symlink(
    join(outside, "model.json"),
    join(repository.path, "links/model.json"),
  );
  await repository.add("weights", 1, {
    function: "score",
    parameters: ["../../outside/1/model.vmfb"],
  });
  await using server = new ModelServer();
  const failures = await server.openRepository(repository.path);
  assertEquals([...failures.keys()], ["linked", "links", "weights"]);
  for (const [name, error] of failures) {
    assert(
      /must stay in the repository/.test(String(error)),
      `${name}: ${error}`,
    );
  }
  for (
    const name of [
      "../outside",
      "good/../../outside",
      "/etc",
      "..",
      ".",
      "",
      "good\0",
      "%2e%2e/outside",
    ]
  ) {
    const path = encodeURIComponent(name);
    const [status] = await post(
      server,
      `/v2/repository/models/${path}/load`,
    );
    assertEquals(status, 404, name);
  }
});

test("A server without a repository loads nothing by name", async () => {
  await using server = new ModelServer();
  for (const path of ["index", "models/a/load", "models/a/unload"]) {
    assertEquals(await post(server, `/v2/repository/${path}`), [404, {
      error: "the server has no model repository",
    }]);
  }
});
