// Clients that people have. They are installed into the cache at the first run.

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { type ElementType, load } from "../../mod.ts";
import type { Listening } from "../../lib/serve/mod.ts";
import { mustRun, program, ROOT, TemporaryFolder, test } from "../support.ts";
import { installClients } from "./python_clients.ts";
import { echo, SERVED, slow, TestServer } from "./support.ts";

const BYTE_BUFFERS = await program("byte_buffers.mlir");

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
  listening: Listening,
  before: () => void = () => {},
): Promise<Record<string, unknown>> {
  try {
    const script = join(ROOT, "tests/serve", peer);
    const output = await mustRun(
      python!,
      [script, `127.0.0.1:${listening.port}`],
      { env: { LD_PRELOAD: "" } },
    );
    return JSON.parse(output);
  } finally {
    before();
    await listening.shutdown(60_000);
  }
}

/** The models that the peers ask. */
class Models implements AsyncDisposable {
  readonly #folder = new TemporaryFolder();
  readonly #buffers = load(BYTE_BUFFERS);
  readonly test = new TestServer();

  async open(): Promise<void> {
    const folder = this.#folder;
    const { server } = this.test;
    await Deno.mkdir(folder.join("stored/1"), { recursive: true });
    await Deno.copyFile(SERVED, folder.join("stored/1/model.vmfb"));
    for (const [datatype, elementType] of Object.entries(ELEMENTS)) {
      server.add(
        `echo_${datatype}`,
        echo({ name: "x", elementType, shape: [null] }),
      );
    }
    server.add("measure", this.#buffers, { function: "measure" });
    await server.openRepository(folder.path);
    await Deno.writeTextFile(
      folder.join("stored/model.json"),
      '{"function":"score"}',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test[Symbol.asyncDispose]();
    this.#buffers.dispose();
    this.#folder[Symbol.dispose]();
  }
}

const ECHOES = Object.keys(ELEMENTS).map((it) => `echo_${it}`).join(", ");

const SUM = [[11, 22], [33, 44]];
const DIFFERENCE = [[-9, -18], [-27, -36]];

testWithClients("tritonclient gets over HTTP what it asks for", async () => {
  await using models = new Models();
  await models.open();
  const results = await ask(
    "triton_peer.py",
    models.test.server.listen({ port: 0 }),
  );
  const { types, ...rest } = results;
  assertEquals(
    types,
    Object.fromEntries(Object.keys(ELEMENTS).map((it) => [it, true])),
  );
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
        [SUM, DIFFERENCE, "7"],
      ]),
    ),
    all: DIFFERENCE,
    buffers: [["größer 😀", [130]], ["größer 😀", [130]]],
    async: [10, 11, 12, 13, 14, 15, 16, 17],
    gzip: SUM,
    refusals: {
      model: [
        "404",
        `no model 'none'; models: score, add, scale, ${ECHOES}, measure`,
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

testWithClients("tritonclient gets over gRPC what it asks for", async () => {
  await using models = new Models();
  await models.open();
  const { server } = models.test;
  const { model, open } = slow();
  server.add("never", model);
  const results = await ask(
    "triton_grpc_peer.py",
    await server.listenGrpc({ port: 0 }),
    open,
  );
  const { types, contents, ...rest } = results;
  assertEquals(
    types,
    Object.fromEntries(Object.keys(ELEMENTS).map((it) => [it, true])),
  );
  assertEquals(
    contents,
    Object.fromEntries(
      ["BOOL", "INT8", "UINT16", "INT64", "UINT64", "FP32", "FP64"]
        .map((it) => [it, true]),
    ),
  );
  const matrix = (name: string) => ({
    name,
    datatype: "INT32",
    shape: ["-1", "-1"],
  });
  const dims = (name: string) => ({
    name,
    data_type: "TYPE_INT32",
    dims: ["-1", "-1"],
  });
  const none =
    `no model 'none'; models: score, add, scale, ${ECHOES}, measure, never`;
  const sums = [10, 11, 12, 13, 14, 15, 16, 17];
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
    config: {
      name: "add",
      platform: "iree",
      backend: "iree",
      input: [dims("a"), dims("b")],
      output: [dims("sum"), dims("difference")],
    },
    add: [SUM, DIFFERENCE, "7"],
    all: DIFFERENCE,
    buffers: ["ff0001", [30]],
    typed: [11, 18],
    async: sums,
    stream: [["0", 10], ["1", 11], none, ["3", 13]],
    refusals: {
      model: ["StatusCode.NOT_FOUND", none],
      version: [
        "StatusCode.NOT_FOUND",
        "model 'add' has no version '9'; it has 1",
      ],
      missing: [
        "StatusCode.INVALID_ARGUMENT",
        "input 'b' is missing: INT32 [-1, -1]",
      ],
      type: [
        "StatusCode.INVALID_ARGUMENT",
        "input 'a': datatype must be INT32, got FP32",
      ],
      output: [
        "StatusCode.INVALID_ARGUMENT",
        "model 'add' has no output 'product'; it has 'sum', 'difference'",
      ],
      shared: [
        "StatusCode.NOT_FOUND",
        "Unable to find shared memory region: 'region'",
      ],
      deadline: "StatusCode.DEADLINE_EXCEEDED",
    },
    statistics: [14, 4, [1]],
    loaded: true,
    index: [["stored", "1", "READY"]],
    unloaded: false,
    aio: [true, sums],
  });
});
