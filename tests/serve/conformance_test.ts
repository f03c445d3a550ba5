// Clients that people have. They are installed into the cache at the first run.

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { ElementType } from "../../mod.ts";
import type { ModelServer } from "../../lib/serve/mod.ts";
import { mustRun, ROOT, TemporaryFolder, test } from "../support.ts";
import { installClients } from "./python_clients.ts";
import { echo, SERVED, TestServer } from "./support.ts";

const { python, reason } = await installClients();

/** A test that is ignored, with a message, where no registry can be reached. */
function testWithClients(name: string, body: () => Promise<void>): void {
  if (python !== undefined) return test(name, body);
  console.warn(`no clients for "${name}": ${reason}`);
  Deno.test.ignore(name, body);
}

const ELEMENTS: Readonly<Record<string, ElementType | "bytes">> = {
  BOOL: "i1",
  INT8: "si8",
  UINT8: "ui8",
  INT16: "si16",
  UINT16: "ui16",
  INT32: "si32",
  UINT32: "ui32",
  INT64: "si64",
  UINT64: "ui64",
  FP16: "f16",
  FP32: "f32",
  FP64: "f64",
  BYTES: "bytes",
};

async function ask(
  peer: string,
  server: ModelServer,
): Promise<Record<string, unknown>> {
  const listening = server.listen({ port: 0 });
  try {
    const script = join(ROOT, "tests/serve", peer);
    const output = await mustRun(
      python!,
      [script, `127.0.0.1:${listening.port}`],
      { env: { LD_PRELOAD: "" } },
    );
    return JSON.parse(output);
  } finally {
    await listening.shutdown(60_000);
  }
}

testWithClients("tritonclient gets over HTTP what it asks for", async () => {
  using folder = new TemporaryFolder();
  await Deno.mkdir(folder.join("stored/1"), { recursive: true });
  await Deno.copyFile(SERVED, folder.join("stored/1/model.vmfb"));
  await using server = new TestServer();
  for (const [datatype, elementType] of Object.entries(ELEMENTS)) {
    server.server.add(
      `echo_${datatype}`,
      echo({ name: "x", elementType, shape: [null] }),
    );
  }
  await server.server.openRepository(folder.path);
  await Deno.writeTextFile(
    folder.join("stored/model.json"),
    '{"function":"score"}',
  );
  const results = await ask("triton_peer.py", server.server);
  const { types, ...rest } = results;
  assertEquals(
    types,
    Object.fromEntries(Object.keys(ELEMENTS).map((it) => [it, true])),
  );
  const sum = [[11, 22], [33, 44]];
  const difference = [[-9, -18], [-27, -36]];
  const matrix = (name: string) => ({
    name,
    datatype: "INT32",
    shape: [-1, -1],
  });
  assertEquals(rest, {
    health: [true, true, true, false],
    server: "iree",
    model: {
      name: "add",
      versions: ["1"],
      platform: "iree",
      inputs: [matrix("a"), matrix("b")],
      outputs: [matrix("sum"), matrix("difference")],
    },
    config: 0,
    add: Object.fromEntries(
      ["True True", "True False", "False True", "False False"].map((it) => [
        it,
        [sum, difference, "7"],
      ]),
    ),
    all: difference,
    async: [10, 11, 12, 13, 14, 15, 16, 17],
    gzip: sum,
    refusals: {
      model: [
        "404",
        `no model 'none'; models: score, add, scale, ${
          Object.keys(ELEMENTS).map((it) => `echo_${it}`).join(", ")
        }`,
      ],
      version: ["404", "model 'add' has no version '9'; it has 1"],
      missing: ["400", "input 'b' is missing: INT32 [-1, -1]"],
      type: ["400", "input 'a': datatype must be INT32, got FP32"],
      output: [
        "400",
        "model 'add' has no output 'product'; it has 'sum', 'difference'",
      ],
    },
    statistics: 14,
    loaded: true,
    index: [["stored", "READY"]],
    unloaded: false,
  });
});
