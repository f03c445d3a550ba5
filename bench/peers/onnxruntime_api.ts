/**
 * The part of onnxruntime-node's API that the bench uses.
 *
 * @module
 */

/** The package. */
export interface OnnxRuntime {
  InferenceSession: { create(path: string): Promise<OnnxSession> };
  Tensor: {
    new (
      type: "float32",
      data: Float32Array,
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

/** A model. */
export interface OnnxSession {
  run(
    inputs: Readonly<Record<string, OnnxTensor>>,
  ): Promise<Record<string, OnnxTensor>>;
}
