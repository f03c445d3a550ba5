import { join } from "@std/path";
import { Instance, load } from "../../mod.ts";
import {
  expect,
  type Prepare,
  repeating,
  type Workloads,
} from "../workload.ts";

interface Weights {
  get(ordinal: bigint): number;
}

function loading(name: string): Prepare {
  return (folder) => {
    using stack = new DisposableStack();
    // As in a process that has loaded other programs.
    stack.use(Instance.open());
    const modules = [join(folder, name)];
    const step = () => {
      using program = load<Weights>({ modules, moduleMode: "mmap" });
      expect(program.get(1000n) === 7, "get");
    };
    step();
    return repeating(stack, step);
  };
}

/** A program with a large constant: mapped, linked, called and released. */
export const LOADING: Workloads = {
  load_1MiB: loading("weights_1MiB.vmfb"),
  load_100MiB: loading("weights_100MiB.vmfb"),
};
