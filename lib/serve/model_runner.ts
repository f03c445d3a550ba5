import { toInteger } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { Argument } from "../call/argument.ts";
import type { Instance } from "../base/instance.ts";
import { readOptions } from "../base/options.ts";
import { LoadedProgram } from "../program/program.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import { elementTypeInfo } from "../tensor/element_type.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { TensorParts } from "../tensor/tensor_parts.ts";
import { VmBuffer } from "../vm/vm_buffer.ts";
import { Batcher } from "./batcher.ts";
import { BATCHING_OPTIONS, type BatchTiming } from "./batcher_options.ts";
import {
  fromByteBuffer,
  isByteBuffer,
  ONE_BUFFER,
  toByteBuffer,
} from "./byte_buffers.ts";
import {
  ALL_DATA_TYPES,
  arrayOf,
  type BytesArray,
  type ModelInput,
  type ModelTensor,
  type ModelValue,
  type RawTensor,
  servedElementType,
} from "./data_type.ts";
import { Lender } from "./lender.ts";
import { readModelFunction } from "./model_function.ts";
import type { ModelFunction, ModelOptions } from "./model_options.ts";
import { Pool, readMaxQueue } from "./pool.ts";
import type { RequestEnd } from "./request_signal.ts";

/** Inputs by name. */
export type ModelInputs = Readonly<Record<string, ModelInput>>;

/** Outputs by name. */
export type ModelValues = Readonly<Record<string, ModelValue>>;

/** Runs the requests of a model. */
export interface ModelRunner {
  readonly inputs: readonly ModelTensor[];
  readonly outputs: readonly ModelTensor[];
  /** The most rows of one call; 0 without batching. */
  readonly maxBatchSize: number;
  /** Requests that wait. */
  readonly waiting: number;
  run(
    inputs: ModelInputs,
    ending: RequestEnd,
    observe: (timing: BatchTiming) => void,
  ): Promise<ModelValues>;
  /** Waits for the requests that it has accepted, then releases everything. */
  drain(): Promise<void>;
  /** Releases everything. */
  dispose(): void;
}

/**
 * Creates what runs the requests of a model.
 *
 * @param model The program or the function.
 * @param options How it is served.
 */
export function runnerOf(
  model: LoadedProgram | ModelFunction,
  options: ModelOptions,
): ModelRunner {
  if (!LoadedProgram.is(model)) {
    return functionRunner(readModelFunction(model), options);
  }
  const { function: name, instances, maxQueue, batching } = options;
  if (batching !== undefined) return batchRunner(model, options);
  const pool = Pool.of(model, { function: name, instances, maxQueue });
  return poolRunner(pool, model.context.instance);
}

function poolRunner(pool: Pool, instance: Instance): ModelRunner {
  try {
    const { signature } = pool;
    const inputs = describe("input", pool.inputs, signature?.inputs);
    const outputs = describe("output", pool.outputs, signature?.outputs);
    const types = pool.argumentTypes;
    const isScalar = inputs.map((_, at) => types[at] !== "ref");
    return {
      inputs,
      outputs,
      maxBatchSize: 0,
      get waiting() {
        return pool.statistics.waiting;
      },
      run: (values, ending, observe) =>
        pool.useUntil(ending, async (fn, waited) => {
          const start = performance.now();
          using buffers = new DisposableStack();
          const results = await fn.runAlone(
            toArguments(
              inputs,
              isScalar,
              values,
              (it) => buffers.use(toByteBuffer(instance, it)),
            ),
            bytesOf(values),
          );
          observe(alone(waited, start));
          return withBytes(outputs, results);
        }),
      drain: () => pool.drain(),
      dispose: () => pool.dispose(),
    };
  } catch (error) {
    pool.dispose();
    throw error;
  }
}

/** How much a call reads; `undefined` if that says nothing about its time. */
function bytesOf(values: ModelInputs): number | undefined {
  let bytes = 0;
  for (const value of Object.values(values)) {
    if (value.elementType === "bytes") return undefined;
    bytes += value.bytes.byteLength;
  }
  return bytes;
}

/** Passes scalars as numbers, and tensors as they came: they were checked. */
function toArguments(
  inputs: readonly ModelTensor[],
  isScalar: readonly boolean[],
  values: ModelInputs,
  toBuffer: (value: BytesArray) => VmBuffer,
): Record<string, Argument> {
  const found: Record<string, Argument> = Object.create(null);
  for (const [at, { name }] of inputs.entries()) {
    const value = values[name]!;
    if (value.elementType === "bytes") {
      found[name] = toBuffer(value);
      continue;
    }
    const { elementType, shape, bytes } = value;
    const info = elementTypeInfo(elementType);
    found[name] = isScalar[at]
      ? info.codec!.read(new DataView(bytes.buffer, bytes.byteOffset), 0)
      : new TensorParts(info, shape, [bytes]) as unknown as Argument;
  }
  return found;
}

/** Copies the outputs that are buffers. */
function withBytes(
  outputs: readonly ModelTensor[],
  results: Readonly<Record<string, NdArray>>,
): ModelValues {
  if (outputs.every(({ elementType }) => elementType !== "bytes")) {
    return results;
  }
  const values: Record<string, ModelValue> = { ...results };
  const bytes = outputs.filter(({ elementType }) => elementType === "bytes");
  using buffers = new DisposableStack();
  for (const { name } of bytes) {
    const value: unknown = results[name];
    if (value instanceof VmBuffer) buffers.use(value);
  }
  for (const { name } of bytes) {
    values[name] = fromByteBuffer(name, results[name]);
  }
  return values;
}

function batchRunner(
  program: LoadedProgram,
  { function: name, instances, maxQueue, batching }: ModelOptions,
): ModelRunner {
  const batcher = Batcher.of(program, {
    ...readOptions(batching, BATCHING_OPTIONS, "batching"),
    function: name,
    instances,
    maxQueue,
  });
  try {
    return {
      inputs: describe("input", batcher.inputs).map(withAnyRows),
      outputs: describe("output", batcher.outputs).map(withAnyRows),
      maxBatchSize: batcher.maxSize,
      get waiting() {
        return batcher.statistics.waiting;
      },
      run: (inputs, ending, observe) =>
        batcher.runRaw(inputs as Record<string, RawTensor>, ending, observe),
      drain: () => batcher.drain(),
      dispose: () => batcher.dispose(),
    };
  } catch (error) {
    batcher.dispose();
    throw error;
  }
}

function functionRunner(
  model: ModelFunction,
  { instances = 1, maxQueue }: ModelOptions,
): ModelRunner {
  const count = toInteger("instances", instances, 1, 1024);
  const slots = Array.from({ length: count }, (_, slot) => slot);
  const lender = new Lender(slots, readMaxQueue(maxQueue));
  const closed = new IreeError(
    "UNAVAILABLE",
    "the model is no longer served",
  );
  return {
    inputs: model.inputs,
    outputs: model.outputs,
    maxBatchSize: 0,
    get waiting() {
      return lender.statistics.waiting;
    },
    run: (inputs, ending, observe) =>
      lender.use(async (_, waited) => {
        const start = performance.now();
        const { signal } = ending;
        const outputs = await model.run(toValues(inputs), { signal });
        observe(alone(waited, start));
        return outputs;
      }, ending),
    drain: () => lender.drain(closed),
    dispose: () => lender.close(closed),
  };
}

function toValues(inputs: ModelInputs): ModelValues {
  const values: Record<string, ModelValue> = Object.create(null);
  for (const [name, input] of Object.entries(inputs)) {
    values[name] = input.elementType === "bytes" ? input : arrayOf(input);
  }
  return values;
}

function alone(waited: number, start: number): BatchTiming {
  const ran = performance.now() - start;
  return { waited, ran, rows: 1, ownRows: 1, requests: 1 };
}

function describe(
  what: "input" | "output",
  values: readonly ValueDescription[],
  declarations: readonly DeclaredValue[] = [],
): ModelTensor[] {
  return values.map(({ name, elementType: declared, shape }, at) => {
    if (isByteBuffer(declarations[at])) {
      return { name, elementType: "bytes", shape: ONE_BUFFER };
    }
    const elementType = declared === undefined
      ? undefined
      : servedElementType(declared);
    if (elementType !== undefined && shape !== undefined) {
      return { name, elementType, shape };
    }
    throw new IreeError(
      "UNIMPLEMENTED",
      `${what} '${name}' must be a tensor, a scalar or a buffer of a type that ` +
        `the protocol has, got ${
          declared ?? "an object or an undeclared type"
        }`,
      {
        hint: `types: ${ALL_DATA_TYPES.join(", ")}; serve a ModelFunction ` +
          "that converts it",
      },
    );
  });
}

function withAnyRows({ shape, ...rest }: ModelTensor): ModelTensor {
  return { ...rest, shape: [null, ...shape.slice(1)] };
}
