import { toInteger } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { Argument } from "../call/argument.ts";
import { readOptions } from "../base/options.ts";
import { LoadedProgram } from "../program/program.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import { elementTypeInfo } from "../tensor/element_type.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { Batcher } from "./batcher.ts";
import { BATCHING_OPTIONS, type BatchTiming } from "./batcher_options.ts";
import {
  ALL_DATA_TYPES,
  type ModelTensor,
  type ModelValue,
  servedElementType,
} from "./data_type.ts";
import { Lender } from "./lender.ts";
import { readModelFunction } from "./model_function.ts";
import type { ModelFunction, ModelOptions } from "./model_options.ts";
import { Pool, readMaxQueue } from "./pool.ts";

/** Inputs or outputs by name. */
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
    inputs: ModelValues,
    signal: AbortSignal,
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
  return batching === undefined
    ? poolRunner(Pool.of(model, { function: name, instances, maxQueue }))
    : batchRunner(model, options);
}

function poolRunner(pool: Pool): ModelRunner {
  try {
    const inputs = describe("input", pool.inputs);
    const scalars = inputs.filter((_, at) => pool.argumentTypes[at] !== "ref");
    return {
      inputs,
      outputs: describe("output", pool.outputs),
      maxBatchSize: 0,
      get waiting() {
        return pool.statistics.waiting;
      },
      run: (inputs, signal, observe) =>
        pool.use(async (fn, waited) => {
          const start = performance.now();
          const outputs = await fn.runAlone(toArguments(inputs, scalars));
          observe(alone(waited, start));
          return outputs;
        }, { signal }),
      drain: () => pool.drain(),
      dispose: () => pool.dispose(),
    };
  } catch (error) {
    pool.dispose();
    throw error;
  }
}

/** Passes scalars as numbers. */
function toArguments(
  inputs: ModelValues,
  scalars: readonly ModelTensor[],
): Record<string, Argument> {
  const values = { ...inputs } as Record<string, Argument>;
  for (const { name } of scalars) {
    const { elementType, data } = inputs[name] as NdArray;
    const { codec, bitCount } = elementTypeInfo(elementType);
    const { buffer, byteOffset } = data;
    values[name] = codec!.read(
      new DataView(buffer, byteOffset, bitCount / 8),
      0,
    );
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
      run: (inputs, signal, observe) =>
        batcher.runObserved(
          inputs as Record<string, NdArray>,
          signal,
          observe,
        ),
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
    run: (inputs, signal, observe) =>
      lender.use(async (_, waited) => {
        const start = performance.now();
        const outputs = await model.run(inputs, { signal });
        observe(alone(waited, start));
        return outputs;
      }, signal),
    drain: () => lender.drain(closed),
    dispose: () => lender.close(closed),
  };
}

function alone(waited: number, start: number): BatchTiming {
  const ran = performance.now() - start;
  return { waited, ran, rows: 1, ownRows: 1, requests: 1 };
}

function describe(
  what: "input" | "output",
  values: readonly ValueDescription[],
): ModelTensor[] {
  return values.map(({ name, elementType: declared, shape }) => {
    const elementType = declared === undefined
      ? undefined
      : servedElementType(declared);
    if (elementType !== undefined && shape !== undefined) {
      return { name, elementType, shape };
    }
    throw new IreeError(
      "UNIMPLEMENTED",
      `${what} '${name}' must be a tensor or a scalar of a type that the ` +
        `protocol has, got ${declared ?? "an object or an undeclared type"}`,
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
