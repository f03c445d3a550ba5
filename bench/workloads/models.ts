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

interface Tensors<Matrix> {
  matmul(a: Matrix, b: Matrix): BufferView;
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
  const program = stack.use(load<Tensors<Float32Array>>({ modules }));
  const [a, b] = makeMatrices();
  const found = program.lookupFunction("matmul");
  const targets = [new Float32Array(SIDE * SIDE)];
  const step = () => {
    found.computeInto(targets, a, b);
  };
  step();
  expect(targets[0][5] === 10, "matmul");
  return repeating(stack, step);
};

// As iree-benchmark-module does it: nothing is copied in or out.
const matmulViews: Prepare = (folder) => {
  using stack = new DisposableStack();
  const instance = stack.use(Instance.open());
  const device = stack.use(Device.create(instance, "local-task"));
  const modules = [join(folder, "tensors.vmfb")];
  const program = stack.use(load<Tensors<BufferView>>({ modules, device }));
  const [a, b] = makeMatrices().map((it) =>
    stack.use(BufferView.from(device, it, [SIDE, SIDE]))
  );
  {
    using view = program.matmul(a, b);
    expect(view.toTypedArray()[5] === 10, "matmul_views");
  }
  return repeating(stack, () => program.matmul(a, b).dispose());
};

const convnet: Prepare = (folder) => {
  using stack = new DisposableStack();
  const modules = [join(folder, "convnet.vmfb")];
  const program = stack.use(load<Convnet>({ modules }));
  const image = testImage();
  const step = () => {
    using view = program.classify(image);
    return view.toTypedArray();
  };
  expectScores(folder, step() as Float32Array);
  return repeating(stack, step);
};

/** Programs that compute, on the default device. */
export const MODELS: Workloads = {
  matmul,
  matmul_views: matmulViews,
  convnet,
};
