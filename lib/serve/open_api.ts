import { PACKAGE_VERSION } from "../../ffi/library/package.ts";
import type { ModelRegistry } from "./model_registry.ts";
import { inferenceSchemas, schemaName } from "./open_api_inference.ts";
import {
  failures,
  HEADER_PARAMETER,
  type Json,
  jsonAnswer,
  jsonBody,
  refer,
  SCHEMAS,
  textAnswer,
} from "./open_api_schemas.ts";
import type { ServedModel } from "./served_model.ts";

/** What of a server its document depends on. */
interface ServerTraits {
  /** Whether models can be loaded and unloaded. */
  readonly hasRepository: boolean;
  /** Whether requests need a token. */
  readonly needsToken: boolean;
}

/** Operations of paths by their methods. */
type Paths = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/**
 * Describes what a server answers as an OpenAPI document: the paths of the models
 * that it has now, with their inputs and outputs.
 *
 * @param models The models.
 * @param traits What else the document depends on.
 */
export function openApiDocument(
  models: ModelRegistry,
  { hasRepository, needsToken }: ServerTraits,
): Json {
  const served = models.names.map((name) => models.versions(name));
  const paths: Paths = {
    ...SERVER_PATHS,
    ...Object.assign({}, ...served.map(modelPaths)),
    ...hasRepository ? REPOSITORY_PATHS : {},
  };
  return {
    openapi: "3.1.0",
    info: {
      title: "IREE model server",
      version: PACKAGE_VERSION,
      description: "The Open Inference Protocol for the models of this server.",
    },
    paths: needsToken ? withTokens(paths) : paths,
    components: {
      schemas: {
        ...SCHEMAS,
        ...Object.assign({}, ...served.map(inferenceSchemas)),
      },
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
}

/** Adds the token to the operations that need it. */
function withTokens(paths: Paths): Paths {
  const mapValues = <From, To>(
    record: Readonly<Record<string, From>>,
    change: (value: From) => To,
  ): Record<string, To> =>
    Object.fromEntries(
      Object.entries(record).map(([key, value]) => [key, change(value)]),
    );
  return mapValues(
    paths,
    (operations) =>
      mapValues(operations, (operation) =>
        operation.security === undefined
          ? {
            ...operation,
            security: [{ token: [] }],
            responses: { ...operation.responses as Json, ...failures([401]) },
          }
          : operation),
  );
}

/** An operation without a body. */
function get(
  summary: string,
  success: Json,
  more: Json = {},
  open: Json = {},
): Readonly<Record<string, Json>> {
  return {
    get: { summary, responses: { 200: success, ...more }, ...open },
  };
}

/** Operations that need no token. */
const OPEN: Json = { security: [] };

const SERVER_PATHS: Paths = {
  "/": get(
    "A page that lists the models and tries them",
    textAnswer("text/html"),
    {},
    OPEN,
  ),
  "/openapi.json": get("This document", jsonAnswer({ type: "object" })),
  "/metrics": get("Metrics in Prometheus' format", textAnswer("text/plain")),
  "/v2/health/live": get(
    "Whether the server runs",
    jsonAnswer(refer("Live")),
    {},
    OPEN,
  ),
  "/v2/health/ready": get(
    "Whether the server accepts requests",
    jsonAnswer(refer("Ready")),
    { 503: jsonAnswer(refer("Ready"), "It is ending.") },
    OPEN,
  ),
  "/v2": get("The server's metadata", jsonAnswer(refer("Server"))),
  "/v2/models": get("Names of the models", jsonAnswer(refer("Models"))),
  "/v2/models/stats": get(
    "Statistics of all models",
    jsonAnswer(refer("Statistics")),
  ),
};

const REPOSITORY_PATHS: Paths = {
  "/v2/repository/index": {
    post: {
      summary: "Lists the models of the repository",
      requestBody: { content: jsonBody(refer("IndexRequest")) },
      responses: {
        200: jsonAnswer(refer("Index")),
        ...failures([400, 403, 413, 415]),
      },
    },
  },
  ...actionPath("load", "Loads a model, or its files as they are now"),
  ...actionPath("unload", "Unloads a model"),
};

function actionPath(action: string, summary: string): Paths {
  const name = {
    name: "name",
    in: "path",
    required: true,
    schema: { type: "string", minLength: 1 },
  };
  return {
    [`/v2/repository/models/{name}/${action}`]: {
      post: {
        summary,
        parameters: [name],
        requestBody: { content: jsonBody(refer("ActionRequest")) },
        responses: {
          200: { description: "It is done." },
          ...failures([400, 403, 404, 413, 415]),
        },
      },
    },
  };
}

/** Paths of a model: those of its highest version, and those of each one. */
function modelPaths(versions: readonly ServedModel[]): Paths {
  const { name } = versions[0]!;
  const root = `/v2/models/${encodeURIComponent(name)}`;
  const parameter = {
    name: "version",
    in: "path",
    required: true,
    schema: { enum: versions.map(({ version }) => version) },
  };
  return {
    ...versionPaths(root, name, []),
    ...versionPaths(`${root}/versions/{version}`, name, [parameter]),
  };
}

function versionPaths(
  root: string,
  name: string,
  parameters: readonly Json[],
): Paths {
  const read = (summary: string, schema: string, more: Json = {}) =>
    get(summary, jsonAnswer(refer(schema)), { ...failures([404]), ...more }, {
      parameters,
    });
  const unready = { 503: jsonAnswer(refer("ModelReady"), "It is ending.") };
  return {
    [root]: read(`Inputs and outputs of ${name}`, "Model"),
    [`${root}/ready`]: read(`Whether ${name} is ready`, "ModelReady", unready),
    [`${root}/config`]: read(`How ${name} is served`, "Config"),
    [`${root}/stats`]: read(`Statistics of ${name}`, "Statistics"),
    [`${root}/infer`]: {
      post: {
        summary: `Runs ${name}`,
        parameters: [...parameters, HEADER_PARAMETER],
        requestBody: {
          required: true,
          content: {
            ...jsonBody(refer(schemaName(name, "Request"))),
            "application/octet-stream": {},
          },
        },
        responses: {
          200: {
            description: "The outputs.",
            content: {
              ...jsonBody(refer(schemaName(name, "Response"))),
              "application/octet-stream": {},
            },
          },
          ...failures([400, 403, 404, 413, 415, 429, 500, 503, 504]),
        },
      },
    },
  };
}
