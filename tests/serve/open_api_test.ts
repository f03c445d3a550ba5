import { assert, assertEquals } from "@std/assert";
import { TemporaryFolder, test } from "../support.ts";
import { echo, SERVED, TestServer } from "./support.ts";

/** An operation of the document. */
interface Operation {
  security?: unknown[];
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** The schemas that the document uses. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  prefixItems?: Schema[];
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  additionalProperties?: boolean;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (it) => typeof it === "string",
  boolean: (it) => typeof it === "boolean",
  number: (it) => typeof it === "number",
  integer: (it) => Number.isInteger(it),
  null: (it) => it === null,
  array: Array.isArray,
  object: (it) => typeof it === "object" && it !== null && !Array.isArray(it),
};

/** Whether a value has a schema of the document. */
function fits(document: Document, schema: Schema, value: unknown): boolean {
  const { $ref, anyOf } = schema;
  if ($ref !== undefined) {
    const name = $ref.replace("#/components/schemas/", "");
    const found = document.components.schemas[name];
    assert(found !== undefined, $ref);
    return fits(document, found, value);
  }
  if (anyOf !== undefined) {
    return anyOf.some((it) => fits(document, it, value));
  }
  if ("const" in schema) return schema.const === value;
  if (schema.enum !== undefined) return schema.enum.includes(value);
  const { type, minimum = -Infinity } = schema;
  if (type !== undefined && ![type].flat().some((it) => TYPES[it](value))) {
    return false;
  }
  if (typeof value === "number") return value >= minimum;
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Infinity, prefixItems = [] } = schema;
    return value.length >= minItems && value.length <= maxItems &&
      prefixItems.every((it, at) => fits(document, it, value[at])) &&
      value.every((it) => fits(document, schema.items ?? {}, it));
  }
  if (!TYPES.object(value)) return true;
  const object = value as Record<string, unknown>;
  const { required = [], properties = {}, additionalProperties } = schema;
  return required.every((it) => it in object) &&
    (additionalProperties !== false ||
      Object.keys(object).every((it) => it in properties)) &&
    Object.entries(properties).every(([name, it]) =>
      !(name in object) || fits(document, it, object[name])
    );
}

const readDocument = async (server: TestServer) =>
  await server.get("/openapi.json") as Document;

test("Each path of /openapi.json answers as the document says", async () => {
  using folder = new TemporaryFolder();
  await Deno.mkdir(folder.join("stored/1"), { recursive: true });
  await Deno.copyFile(SERVED, folder.join("stored/1/model.vmfb"));
  await Deno.writeTextFile(
    folder.join("stored/model.json"),
    '{"function":"score"}',
  );
  await using server = new TestServer();
  server.server.add(
    "many % ü",
    echo({ name: "x", elementType: "i1", shape: [2] }),
    { version: 7 },
  );
  await server.server.openRepository(folder.path);
  const document = await readDocument(server);
  let count = 0;
  for (const [path, operations] of Object.entries(document.paths)) {
    const version = path.includes("%") ? "7" : "1";
    const url = path.replace("{version}", version).replace("{name}", "stored");
    for (const [method, { responses }] of Object.entries(operations)) {
      if (path.endsWith("/infer")) continue;
      const response = await server.send(url, { method: method.toUpperCase() });
      assertEquals(response.status, 200, url);
      const { content = {} } = responses[200];
      const [[type, { schema }] = ["", { schema: {} }]] = Object.entries(
        content,
      );
      const given = response.headers.get("content-type") ?? "";
      assertEquals(given.split(";")[0], type, url);
      const text = await response.text();
      const value = type === "application/json" ? JSON.parse(text) : text;
      assert(fits(document, schema, value), `${url}: ${text}`);
      count++;
    }
  }
  assert(count > 40, `${count}`);
});

test("/openapi.json describes requests for inference and their answers", async () => {
  await using server = new TestServer();
  const document = await readDocument(server);
  const { requestBody, responses } =
    document.paths["/v2/models/score/infer"].post;
  const input = (more: object) => ({
    inputs: [{ name: "input0", datatype: "FP32", shape: [1, 4], ...more }],
  });
  const { schema: request } = requestBody!.content["application/json"];
  const { schema: answer } = responses[200].content!["application/json"];
  const { schema: failure } = responses[400].content!["application/json"];
  const cases: [body: unknown, fits: boolean][] = [
    [input({ data: [1, 2, 3, 4] }), true],
    [input({ data: [[1, 2, 3, 4]] }), true],
    [
      { ...input({ data: [1, 2, 3, 4] }), outputs: [{ name: "output0" }] },
      true,
    ],
    [input({ data: [1, 2, 3, "4"] }), false],
    [input({ data: [1], datatype: "FP64" }), false],
    [input({ data: [1], shape: [1, 5] }), false],
    [input({ data: [1], shape: [4] }), false],
    [input({ data: [1], name: "y" }), false],
    [{ inputs: [] }, false],
    [{ ...input({ data: [1, 2, 3, 4] }), outputs: [{ name: "y" }] }, false],
    [{ ...input({ data: [1, 2, 3, 4] }), id: 5 }, false],
    [[], false],
  ];
  for (const [body, isFitting] of cases) {
    const text = JSON.stringify(body);
    assertEquals(fits(document, request, body), isFitting, text);
    const response = await server.infer("score", body);
    assertEquals(response.status, isFitting ? 200 : 400, text);
    const value = await response.json();
    assert(fits(document, isFitting ? answer : failure, value), text);
  }
});

test("/openapi.json names the token of each operation that needs one", async () => {
  await using server = new TestServer({ authTokens: ["secret"] });
  const response = await server.send("/openapi.json", {
    headers: { authorization: "Bearer secret" },
  });
  const { paths } = await response.json() as Document;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const { status } = await server.send(path, {
        method: method.toUpperCase(),
      });
      const needsToken = status === 401;
      assertEquals("401" in operation.responses, needsToken, path);
      assertEquals(operation.security, needsToken ? [{ token: [] }] : [], path);
    }
  }
});

test("/openapi.json has the inputs of all versions of a model", async () => {
  await using server = new TestServer();
  const value = { name: "x", elementType: "f32" } as const;
  server.server.add("many", echo({ ...value, shape: [1] }), { version: 1 });
  server.server.add("many", echo({ ...value, shape: [2] }), { version: 2 });
  const document = await readDocument(server);
  const schema = document.components.schemas["many.Request"];
  const request = (size: number) => ({
    inputs: [{
      name: "x",
      datatype: "FP32",
      shape: [size],
      data: Array(size).fill(0),
    }],
  });
  assertEquals(
    [1, 2, 3].map((it) => fits(document, schema, request(it))),
    [true, true, false],
  );
});

test("Requests to the repository that /openapi.json excludes are answered with 400", async () => {
  using folder = new TemporaryFolder();
  await using server = new TestServer();
  await server.server.openRepository(folder.path);
  const { paths, components } = await readDocument(server);
  const document = { paths, components };
  const cases: [path: string, body: unknown, message: string][] = [
    ["index", { ready: 5 }, "ready must be a boolean, got 5"],
    ["index", [], "the request must be an object, got an array"],
    [
      "models/{name}/load",
      { parameters: { unload_dependents: "yes" } },
      "parameter 'unload_dependents' must be a boolean, got \"yes\"",
    ],
    [
      "models/{name}/unload",
      { parameters: { more: 1 } },
      "parameter 'more' is not supported",
    ],
  ];
  for (const [path, body, message] of cases) {
    const { requestBody } = paths[`/v2/repository/${path}`].post;
    const { schema } = requestBody!.content["application/json"];
    assertEquals(fits(document, schema, body), false, message);
    const response = await server.send(
      `/v2/repository/${path.replace("{name}", "score")}`,
      { method: "POST", body: JSON.stringify(body) },
    );
    assertEquals([response.status, await response.json()], [400, {
      error: message,
    }]);
  }
});
