/**
 * The part of onnxruntime-node's API that the bench uses.
 *
 * @module
 */

/** The package. */
export interface OnnxRuntime {
  InferenceSession: {
    create(path: string, options?: OnnxOptions): Promise<OnnxSession>;
  };
  Tensor: {
    new (
      type: "float32",
      data: Float32Array,
      dims: readonly number[],
    ): OnnxTensor;
    new (
      type: "int32",
      data: Int32Array,
      dims: readonly number[],
    ): OnnxTensor;
    new (
      type: "int64",
      data: BigInt64Array,
      dims: readonly number[],
    ): OnnxTensor;
  };
}

/** Input or output of a model; all outputs are floats. */
export interface OnnxTensor {
  readonly data: Float32Array;
}

/** Options of a model. */
export interface OnnxOptions {
  /** Threads of an operator. */
  readonly intraOpNumThreads?: number;
  /** Threads of operators that do not depend on each other. */
  readonly interOpNumThreads?: number;
}

/** A model. */
export interface OnnxSession {
  readonly outputNames: readonly string[];
  run(
    inputs: Readonly<Record<string, OnnxTensor>>,
  ): Promise<Record<string, OnnxTensor>>;
}
