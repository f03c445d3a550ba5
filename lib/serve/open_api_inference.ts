import { type DataType, dataTypeOf, type ModelTensor } from "./data_type.ts";
import type { Json } from "./open_api_schemas.ts";
import type { ServedModel } from "./served_model.ts";

/**
 * Names a schema of a model. Names of schemas have only some characters; others
 * are written by their code.
 *
 * @param model The model's name.
 * @param what What the schema describes.
 */
export function schemaName(
  model: string,
  what: "Request" | "Response",
): string {
  const name = model.replace(
    /[^A-Za-z0-9.-]/gu,
    (it) => `_${it.codePointAt(0)!.toString(16)}_`,
  );
  return `${name}.${what}`;
}

/**
 * Describes requests for inference and their answers.
 *
 * @param versions All versions of a model; those that differ are alternatives.
 * @returns Schemas by their names.
 */
export function inferenceSchemas(
  versions: readonly ServedModel[],
): Record<string, Json> {
  const { name } = versions[0]!;
  return {
    [schemaName(name, "Request")]: anyOf(versions.map(requestSchema)),
    [schemaName(name, "Response")]: anyOf(versions.map(responseSchema)),
  };
}

function anyOf(schemas: readonly Json[]): Json {
  const texts = new Set(schemas.map((it) => JSON.stringify(it)));
  const different = [...texts].map((it) => JSON.parse(it) as Json);
  return different.length === 1 ? different[0]! : { anyOf: different };
}

function requestSchema({ runner }: ServedModel): Json {
  const { inputs, outputs } = runner;
  return {
    type: "object",
    required: ["inputs"],
    properties: {
      id: { type: ["string", "null"] },
      parameters: {
        type: ["object", "null"],
        properties: { binary_data_output: { type: "boolean" } },
      },
      inputs: {
        description: "Each input once, in any order.",
        ...listOf(inputs.map(inputSchema)),
      },
      outputs: {
        description: "The wanted outputs; by default all.",
        type: ["array", "null"],
        items: {
          type: "object",
          required: ["name"],
          properties: {
            name: { enum: outputs.map(({ name }) => name) },
            parameters: {
              type: ["object", "null"],
              properties: {
                binary_data: { type: "boolean" },
                classification: { const: 0 },
              },
            },
          },
        },
      },
    },
  };
}

/** An array with one of each. */
function listOf(items: readonly Json[]): Json {
  return {
    type: "array",
    minItems: items.length,
    maxItems: items.length,
    ...itemsOf(items),
  };
}

function itemsOf(items: readonly Json[]): Json {
  return items.length > 0 ? { items: anyOf(items) } : {};
}

function inputSchema({ name, elementType, shape }: ModelTensor): Json {
  const dataType = dataTypeOf(elementType)!;
  const unsigned = dataTypeOf(`u${elementType}`);
  return {
    type: "object",
    required: ["name", "datatype", "shape"],
    properties: {
      name: { const: name },
      datatype: {
        enum: unsigned === undefined ? [dataType] : [dataType, unsigned],
      },
      shape: shapeSchema(shape),
      data: {
        description: "The elements in row-major order, flat or nested.",
        type: "array",
        items: { anyOf: [elementSchema(dataType), { type: "array" }] },
      },
      parameters: {
        type: ["object", "null"],
        properties: { binary_data_size: { type: "integer", minimum: 0 } },
      },
    },
  };
}

function shapeSchema(shape: ModelTensor["shape"]): Json {
  return {
    type: "array",
    minItems: shape.length,
    maxItems: shape.length,
    ...shape.length === 0 ? {} : {
      prefixItems: shape.map((dim) =>
        dim === null ? { type: "integer", minimum: 0 } : { const: dim }
      ),
    },
  };
}

function elementSchema(dataType: DataType): Json {
  if (dataType === "BYTES") return { type: "string" };
  if (dataType === "BOOL") return { type: "boolean" };
  return { type: /^B?F/.test(dataType) ? "number" : "integer" };
}

function responseSchema({ name, runner }: ServedModel): Json {
  return {
    type: "object",
    required: ["model_name", "model_version", "outputs"],
    properties: {
      model_name: { const: name },
      model_version: { type: "string" },
      id: { type: "string" },
      outputs: { type: "array", ...itemsOf(runner.outputs.map(outputSchema)) },
    },
  };
}

function outputSchema({ name, elementType, shape }: ModelTensor): Json {
  const dataType = dataTypeOf(elementType)!;
  return {
    type: "object",
    required: ["name", "datatype", "shape"],
    properties: {
      name: { const: name },
      datatype: { const: dataType },
      shape: {
        type: "array",
        minItems: shape.length,
        maxItems: shape.length,
        items: { type: "integer", minimum: 0 },
      },
      data: { type: "array", items: elementSchema(dataType) },
      parameters: {
        type: "object",
        properties: { binary_data_size: { type: "integer", minimum: 0 } },
      },
    },
  };
}
