import { join } from "@std/path";
import { load } from "../../mod.ts";
import { expect, type Prepare, type Workloads } from "../workload.ts";

interface Scalars {
  add(a: number, b: number): number;
  mixed(
    a: number,
    b: bigint,
    c: number,
    d: number,
    e: number,
    f: bigint,
    g: number,
    h: number,
  ): [number, bigint, number];
}

interface Through {
  scale(a: number): number;
}

const add: Prepare = (folder) => {
  const program = load<Scalars>({ modules: [join(folder, "scalars.vmfb")] });
  expect(program.add(40, 2) === 42, "add");
  return {
    run(count) {
      for (let i = 0; i < count; i++) program.add(i & 0xffff, 1);
    },
    [Symbol.dispose]: () => program.dispose(),
  };
};

const mixed: Prepare = (folder) => {
  const program = load<Scalars>({ modules: [join(folder, "scalars.vmfb")] });
  const [i32, i64, f64] = program.mixed(7, 2n, 0.5, 0.25, 1, 3n, 1.5, 4);
  expect(i32 === 8 && i64 === 5n && f64 === 6.25, "mixed");
  return {
    run(count) {
      for (let i = 0; i < count; i++) {
        program.mixed(i & 0xffff, 2n, 0.5, 0.25, 1, 3n, 1.5, 4);
      }
    },
    [Symbol.dispose]: () => program.dispose(),
  };
};

const module: Prepare = (folder) => {
  const program = load<Through>({
    modules: [join(folder, "module.so"), join(folder, "through.vmfb")],
  });
  expect(program.scale(21) === 42, "scale");
  return {
    run(count) {
      for (let i = 0; i < count; i++) program.scale(i & 0xffff);
    },
    [Symbol.dispose]: () => program.dispose(),
  };
};

/** Calls of scalars, into a compiled program and on into a native module. */
export const CALLS: Workloads = { add, mixed, module };
