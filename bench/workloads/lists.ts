import { Instance, List, type Value } from "../../mod.ts";
import {
  expect,
  type Prepare,
  repeating,
  type Workloads,
} from "../workload.ts";

function list(size: number): Prepare {
  return () => {
    using stack = new DisposableStack();
    const instance = stack.use(Instance.open());
    const values = Array.from(
      { length: size },
      (_, i): Value => [i + 0.5, BigInt(i), null][i % 3],
    );
    const step = () => {
      using list = List.from(instance, values);
      const back = list.toArray();
      expect(back[3] === 3.5 && back[1] === 1n && back[2] === null, "list");
    };
    step();
    return repeating(stack, step);
  };
}

/** Lists of mixed values, filled from an array and read back into one. */
export const LISTS: Workloads = {
  list_1000: list(1000),
  list_10000: list(10_000),
  list_100000: list(100_000),
};
