import { join } from "@std/path";
import { BufferView, Device, Instance, load } from "../../mod.ts";
import {
  expect,
  expectScores,
  type Prepare,
  repeating,
  testImage,
  type Workloads,
} from "../workload.ts";

const SIDE = 512;

interface Tensors {
  matmul(a: Float32Array, b: Float32Array): BufferView;
}

interface Convnet {
  classify(image: Float32Array): BufferView;
}

function makeMatrices(): Float32Array<ArrayBuffer>[] {
  const a = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i % 7);
  const b = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) b[i * SIDE + i] = 2;
  return [a, b];
}

const matmul: Prepare = (folder) => {
  using stack = new DisposableStack();
  const modules = [join(folder, "tensors.vmfb")];
  const program = stack.use(load<Tensors>({ modules }));
  const [a, b] = makeMatrices();
  const found = program.lookupFunction("matmul");
  const targets = [new Float32Array(SIDE * SIDE)];
  const copying = found.with({ into: targets });
  const step = () => {
    copying.compute(a, b);
  };
  step();
  expect(targets[0][5] === 10, "matmul");
  return repeating(stack, step);
};

/**
 * Calls with arrays that are the tensors' own memory. Nothing is copied, as in
 * `iree-benchmark-module`; one element of each input is written and one of the
 * output is read.
 */
function inPlace(
  program: string,
  name: string,
  inputs: readonly { array: Float32Array<ArrayBuffer>; shape: number[] }[],
  check: (output: Float32Array) => void,
): Prepare {
  return (folder) => {
    using stack = new DisposableStack();
    const instance = stack.use(Instance.open());
    const device = stack.use(Device.create(instance, "local-task"));
    const modules = [join(folder, program)];
    const loaded = stack.use(load({ modules, device }));
    const views = inputs.map(({ array, shape }) =>
      stack.use(BufferView.from(device, array, shape))
    );
    const arrays = views.map((view) => stack.use(view.map()).array);
    const call = stack.use(loaded.lookupFunction(name).bind(...views));
    const step = (): number => {
      for (const [i, array] of arrays.entries()) array[0] = inputs[i].array[0];
      using view = call.call() as BufferView;
      using mapping = view.map();
      return Number(mapping.array[0]);
    };
    {
      using view = call.call() as BufferView;
      check(view.toTypedArray() as Float32Array);
    }
    return repeating(stack, step);
  };
}

const matmulInPlace: Prepare = (folder) =>
  inPlace(
    "tensors.vmfb",
    "matmul",
    makeMatrices().map((array) => ({ array, shape: [SIDE, SIDE] })),
    (output) => expect(output[5] === 10, "matmul_in_place"),
  )(folder);

const convnet: Prepare = (folder) => {
  using stack = new DisposableStack();
  const modules = [join(folder, "convnet.vmfb")];
  const program = stack.use(load<Convnet>({ modules }));
  const found = program.lookupFunction("classify");
  const image = testImage();
  const targets = [new Float32Array(10)];
  const copying = found.with({ into: targets });
  const step = () => {
    copying.compute(image);
  };
  step();
  expectScores(folder, targets[0]);
  return repeating(stack, step);
};

const convnetInPlace: Prepare = (folder) =>
  inPlace(
    "convnet.vmfb",
    "classify",
    [{ array: testImage(), shape: [1, 3, 64, 64] }],
    (output) => expectScores(folder, output),
  )(folder);

/** Programs that compute, on the default device. */
export const MODELS: Workloads = {
  matmul,
  matmul_in_place: matmulInPlace,
  convnet,
  convnet_in_place: convnetInPlace,
};
