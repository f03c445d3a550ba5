/** A part of a document. */
export type Json = Readonly<Record<string, unknown>>;

/** Refers to a schema of the document. */
export function refer(schema: string): Json {
  return { $ref: `#/components/schemas/${schema}` };
}

/** An answer in JSON. */
export function jsonAnswer(schema: Json, description = "The answer."): Json {
  return { description, content: jsonBody(schema) };
}

/** An answer in text. */
export function textAnswer(mediaType: string): Json {
  return {
    description: "The text.",
    content: { [mediaType]: { schema: { type: "string" } } },
  };
}

/** A body in JSON. */
export function jsonBody(schema: Json): Json {
  return { "application/json": { schema } };
}

/** Why requests fail, by the status. */
const FAILURES: Readonly<Record<number, string>> = {
  400: "The request does not fit.",
  401: "The request has no accepted token.",
  403: "A page of another site sent the request.",
  404: "The model or version is unknown.",
  413: "The body is too large, or has too many values.",
  415: "The body's encoding is not supported.",
  429: "Too many requests wait.",
  500: "The model failed.",
  503: "The server is ending.",
  504: "The request took too long.",
};

/** Answers of requests that fail. */
export function failures(statuses: readonly number[]): Json {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      jsonAnswer(refer("Error"), FAILURES[status]),
    ]),
  );
}

/** The header of requests with binary data. */
export const HEADER_PARAMETER: Json = {
  name: "Inference-Header-Content-Length",
  in: "header",
  required: false,
  description: "Length of the JSON before binary data.",
  schema: { type: "integer", minimum: 0 },
};

function object(properties: Json): Json {
  return { type: "object", required: Object.keys(properties), properties };
}

function arrayOf(items: Json): Json {
  return { type: "array", items };
}

const TEXT: Json = { type: "string" };
const COUNT: Json = { type: "integer", minimum: 0 };
const FLAG: Json = { type: "boolean" };

const TENSOR = object({
  name: TEXT,
  datatype: TEXT,
  shape: arrayOf({ type: "integer", minimum: -1 }),
});

const CONFIG_TENSOR = object({
  name: TEXT,
  data_type: TEXT,
  dims: arrayOf({ type: "integer", minimum: -1 }),
});

const DURATION = object({ count: COUNT, ns: COUNT });

const MODEL_STATISTICS = object({
  name: TEXT,
  version: TEXT,
  last_inference: COUNT,
  inference_count: COUNT,
  execution_count: COUNT,
  inference_stats: object({
    success: DURATION,
    fail: DURATION,
    queue: DURATION,
    compute_input: DURATION,
    compute_infer: DURATION,
    compute_output: DURATION,
  }),
  batch_stats: arrayOf({}),
});

/** Schemas that do not depend on the models. */
export const SCHEMAS: Readonly<Record<string, Json>> = {
  Error: object({ error: TEXT }),
  Live: object({ live: FLAG }),
  Ready: object({ ready: FLAG }),
  Server: object({ name: TEXT, version: TEXT, extensions: arrayOf(TEXT) }),
  Models: object({ models: arrayOf(TEXT) }),
  ModelReady: object({ name: TEXT, ready: FLAG }),
  Model: object({
    name: TEXT,
    versions: arrayOf(TEXT),
    platform: TEXT,
    inputs: arrayOf(TENSOR),
    outputs: arrayOf(TENSOR),
  }),
  Config: object({
    name: TEXT,
    platform: TEXT,
    backend: TEXT,
    max_batch_size: COUNT,
    input: arrayOf(CONFIG_TENSOR),
    output: arrayOf(CONFIG_TENSOR),
  }),
  Statistics: object({ model_stats: arrayOf(MODEL_STATISTICS) }),
  IndexRequest: { type: "object", properties: { ready: FLAG } },
  Index: arrayOf(object({
    name: TEXT,
    version: TEXT,
    state: { enum: ["READY", "LOADING", "UNAVAILABLE"] },
    reason: TEXT,
  })),
  ActionRequest: {
    type: "object",
    properties: {
      parameters: {
        type: "object",
        properties: { unload_dependents: FLAG },
        additionalProperties: false,
      },
    },
  },
};
