import { join } from "@std/path";
import { BufferView, Device, Instance, load, type Program } from "../../mod.ts";
import {
  expect,
  type Prepare,
  repeating,
  type Runner,
  type Workloads,
} from "../workload.ts";

interface Tensors {
  mul(a: Float32Array, b: Float32Array): BufferView;
  mul_into(...views: BufferView[]): BufferView;
}

const A = new Float32Array([1, 2, 3, 4]);
const B = new Float32Array([2, 2, 2, 2]);

function open(
  folder: string,
  stack: DisposableStack,
): { program: Program<Tensors>; device: Device } {
  const instance = stack.use(Instance.open());
  const device = stack.use(Device.create(instance, "local-sync"));
  const modules = [join(folder, "tensors.vmfb")];
  return { program: stack.use(load<Tensors>({ modules, device })), device };
}

const mul: Prepare = (folder) => {
  using stack = new DisposableStack();
  const { program } = open(folder, stack);
  const found = program.lookupFunction("mul");
  const targets = [new Float32Array(4)];
  const copying = found.with({ into: targets });
  const step = () => {
    copying.compute(A, B);
  };
  step();
  expect(targets[0][3] === 8, "mul");
  return repeating(stack, step);
};

const mulNew: Prepare = (folder) => {
  using stack = new DisposableStack();
  const { program } = open(folder, stack);
  const step = () => {
    const view = program.mul(A, B);
    const array = view.toTypedArray();
    view.dispose();
    return array;
  };
  expect(step()[3] === 8, "mul");
  return repeating(stack, step);
};

// The arrays are the memory of the tensors.
const mulReused: Prepare = (folder) => {
  using stack = new DisposableStack();
  const { program, device } = open(folder, stack);
  const views = Array.from(
    { length: 3 },
    () => stack.use(BufferView.from(device, new Float32Array(4))),
  );
  const [a, b, out] = views.map((view) =>
    stack.use(view.map()).array as Float32Array
  );
  const call = stack.use(program.lookupFunction("mul_into").bind(...views));
  const step = () => {
    a.set(A);
    b.set(B);
    call.run();
  };
  step();
  expect(out[3] === 8, "mul_into");
  return repeating(stack, step);
};

/** Makes workloads of a large tensor. */
function memory(
  byteLength: number,
  makeStep: (
    device: Device,
    data: Float32Array<ArrayBuffer>,
    view: BufferView,
  ) => () => void,
): Prepare {
  return (): Runner => {
    using stack = new DisposableStack();
    const instance = stack.use(Instance.open());
    const device = stack.use(Device.create(instance, "local-sync"));
    const data = new Float32Array(byteLength / 4);
    for (let i = 0; i < data.length; i++) data[i] = i % 1000;
    const view = stack.use(BufferView.from(device, data));
    const step = makeStep(device, data, view);
    step();
    return repeating(stack, step);
  };
}

const MANY = 64 * 2 ** 20;

function mapped(byteLength: number): Prepare {
  return memory(byteLength, (_device, _data, view) => () => {
    using mapping = view.map();
    expect(mapping.array[1] === 1, "map");
  });
}

// The tensor keeps imported memory, so each run needs a new array.
function imported(byteLength: number): Prepare {
  return (): Runner => {
    using stack = new DisposableStack();
    const instance = stack.use(Instance.open());
    const device = stack.use(Device.create(instance, "local-sync"));
    let array = new Float32Array();
    const owned = stack.move();
    return {
      before() {
        // Before each import, the CPU caches are as after creating a large
        // array.
        BufferView.alignedArray(instance, "f32", (MANY - byteLength) / 4);
        array = BufferView.alignedArray(instance, "f32", byteLength / 4);
        // After a large array, V8 collects garbage while new ones are made,
        // until that array is no longer young. This is part of its cost.
        for (let i = 0; i < 2; i++) new Float64Array(1);
      },
      run() {
        using view = BufferView.import(device, array);
        expect(view.byteLength === byteLength, "import");
      },
      [Symbol.dispose]: () => owned.dispose(),
    };
  };
}

/**
 * Tensors made from arrays, kept between calls, copied, imported and mapped.
 */
export const TENSORS: Workloads = {
  mul,
  mul_new: mulNew,
  mul_reused: mulReused,
  upload: memory(MANY, (_device, data, view) => () => view.write(data)),
  download: memory(MANY, (_device, data, view) => () => {
    view.read(data);
    expect(data[1] === 1, "download");
  }),
  upload_new: memory(MANY, (device, data) => () => {
    BufferView.from(device, data).dispose();
  }),
  download_new: memory(MANY, (_device, _data, view) => () => {
    expect(view.toTypedArray()[1] === 1, "download_new");
  }),
  import_64KiB: imported(64 * 2 ** 10),
  import_64MiB: imported(MANY),
  map_64KiB: mapped(64 * 2 ** 10),
  map_64MiB: mapped(MANY),
};
