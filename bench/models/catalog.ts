/**
 * The models that are measured beside onnxruntime-node: those that PyPI packages
 * contain, and those of `peers/models.py`.
 *
 * @module
 */

/** A model. */
export interface Model {
  /** Its name in the table. */
  readonly name: string;
  /** The package on PyPI, with its version; `undefined` for a synthetic model. */
  readonly requirement: string | undefined;
  /** Its file, in the package or in the folder of synthetic models. */
  readonly file: string;
  /** Shapes of inputs that are dynamic, as values of `--shape`. */
  readonly shapes: readonly string[];
}

const RAPID_OCR = "rapidocr-onnxruntime==1.4.4";
const RAPID_OCR_MODELS = "rapidocr_onnxruntime/models";

/** All models, in the order of the table. */
export const MODELS: readonly Model[] = [
  synthetic("matmul 512", "matmul.onnx"),
  synthetic("convnet", "convnet.onnx"),
  synthetic("MLP batch 1", "mlp_1.onnx"),
  synthetic("MLP batch 32", "mlp_32.onnx"),
  real(
    "PP-OCRv4 det 320×320",
    RAPID_OCR,
    `${RAPID_OCR_MODELS}/ch_PP-OCRv4_det_infer.onnx`,
    "x=1x3x320x320",
  ),
  real(
    "PP-OCRv4 rec 48×320",
    RAPID_OCR,
    `${RAPID_OCR_MODELS}/ch_PP-OCRv4_rec_infer.onnx`,
    "x=1x3x48x320",
  ),
  real(
    "PP-OCR cls 48×192",
    RAPID_OCR,
    `${RAPID_OCR_MODELS}/ch_ppocr_mobile_v2.0_cls_infer.onnx`,
    "x=1x3x48x192",
  ),
  real(
    "NudeNet 320n",
    "nudenet==3.4.2",
    "nudenet/320n.onnx",
    "images=1x3x320x320",
  ),
  real(
    "magika",
    "magika==1.0.3",
    "magika/models/standard_v3_3/model.onnx",
    "bytes=1x2048",
  ),
  real(
    "basic-pitch",
    "basic-pitch==0.4.0",
    "basic_pitch/saved_models/icassp_2022/nmp.onnx",
    "serving_default_input_2:0=1x43844x1",
  ),
];

function synthetic(name: string, file: string): Model {
  return { name, requirement: undefined, file, shapes: [] };
}

function real(
  name: string,
  requirement: string,
  file: string,
  ...shapes: string[]
): Model {
  return { name, requirement, file, shapes };
}

/** Threads of both runtimes in a row: one, or one for each core. */
export const THREADS = ["1", "all"] as const;

/** The number of threads of a row. */
export type Threads = typeof THREADS[number];
