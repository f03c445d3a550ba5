import { join } from "@std/path";
import {
  BufferView,
  hostModule,
  type HostModuleDescription,
  Instance,
  load,
  type LoadedProgram,
} from "../../mod.ts";
import {
  expect,
  type Prepare,
  repeating,
  type Runner,
  type Workloads,
} from "../workload.ts";

/** The module that the programs import; its tensors are arrays. */
const ARRAYS = hostModule("bench", {
  scale: { types: "(i32) -> i32", call: (a) => 2 * a },
  double: {
    types: "(tensor<4xf32>) -> tensor<4xf32>",
    // In place: the array is the function's own.
    call: ({ data }) => {
      for (let i = 0; i < data.length; i++) data[i]! *= 2;
      return data;
    },
  },
  pass: { types: "(!hal.buffer_view) -> !hal.buffer_view", call: (x) => x },
});

/** The same with views, which are not copied. */
const VIEWS = hostModule("bench", {
  scale: { types: "(i32) -> i32", call: (a) => 2 * a },
  double: { types: "(tensor<4xf32>) -> tensor<4xf32>", call: (x) => x },
  pass: { types: "(!hal.buffer_view) -> !hal.buffer_view", call: (x) => x },
}, { tensors: "views" });

type Source = HostModuleDescription | "module.so";

function open(
  folder: string,
  program: string,
  source: Source = ARRAYS,
): LoadedProgram {
  const module = source === "module.so" ? join(folder, source) : source;
  return load({ modules: [module, join(folder, program)] }) as LoadedProgram;
}

function callScale(stack: DisposableStack, program: LoadedProgram): Runner {
  const owned = stack.move();
  expect(program.call("scale", 21) === 42, "scale");
  const scale = program.lookupFunction("scale");
  return {
    run(count) {
      for (let i = 0; i < count; i++) scale.call(i & 0xffff);
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

const hostScale: Prepare = (folder) => {
  const stack = new DisposableStack();
  return callScale(stack, stack.use(open(folder, "through.vmfb")));
};

/** The least that a callback takes: C++ calls a pointer that Deno made. */
const pointerScale: Prepare = (folder) => {
  const stack = new DisposableStack();
  const callback = new Deno.UnsafeCallback(
    { parameters: ["i32"], result: "i32" },
    (a) => 2 * a,
  );
  stack.defer(() => callback.close());
  const address = Deno.UnsafePointer.value(callback.pointer);
  const module = `${join(folder, "module.so")}?callback=${address}`;
  const program = load({ modules: [module, join(folder, "through.vmfb")] });
  return callScale(stack, stack.use(program as LoadedProgram));
};

function hostDouble(source: Source): Prepare {
  return (folder) => {
    const program = open(folder, "hosted.vmfb", source);
    const double = program.lookupFunction("double");
    const data = new Float32Array([1, 2, 3, 4]);
    const step = () => double.compute(data) as Float32Array;
    expect(step()[3] === 8, "double");
    const stack = new DisposableStack();
    stack.use(program);
    return repeating(stack, step);
  };
}

function hostPass(byteLength: number, source: Source): Prepare {
  return (folder) => {
    const stack = new DisposableStack();
    const program = stack.use(open(folder, "hosted.vmfb", source));
    const instance = stack.use(Instance.open());
    const view = stack.use(
      BufferView.from(instance, new Float32Array(byteLength / 4)),
    );
    const pass = program.lookupFunction("pass");
    return repeating(stack, () => (pass.call(view) as BufferView).dispose());
  };
}

function offThread(name: string, result: number): Prepare {
  return async (folder) => {
    const file = name === "scale" ? "through.vmfb" : "hosted.vmfb";
    const program = open(folder, file);
    const called = program.lookupFunction(name);
    expect(await called.callAsync(1) === result, `host_${name}_async`);
    return {
      async run(count) {
        for (let i = 0; i < count; i++) await called.callAsync(1);
      },
      [Symbol.dispose]: () => program.dispose(),
    };
  };
}

/** Calls of programs that call back into TypeScript. */
export const HOSTED: Workloads = {
  host_scale: hostScale,
  pointer_scale: pointerScale,
  host_double: hostDouble(ARRAYS),
  module_double: hostDouble("module.so"),
  host_pass_64MiB: hostPass(64 * 2 ** 20, VIEWS),
  host_pass_64KiB: hostPass(64 * 2 ** 10, VIEWS),
  module_pass_64MiB: hostPass(64 * 2 ** 20, "module.so"),
  host_scale_async: offThread("scale", 2),
  host_scale_8_async: offThread("scale_8", 256),
};
