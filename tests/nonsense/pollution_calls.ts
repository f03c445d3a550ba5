/**
 * Calls with known results.
 *
 * @module
 */

import {
  BufferView,
  Device,
  type Instance,
  List,
  load,
  ParameterIndex,
  type Program,
  VmBuffer,
} from "../../mod.ts";
import { decodeNpy, encodeNpy } from "../../lib/npy/mod.ts";

/** Paths of the programs that the calls use. */
export interface Programs {
  /** Path of `mul.mlir`, compiled. */
  readonly mul: string;
  /** Path of `arithmetic.mlir`, compiled. */
  readonly arithmetic: string;
}

/** Objects that calls share. */
export interface Objects {
  readonly programs: Programs;
  readonly instance: Instance;
  readonly mul: Program;
  readonly arithmetic: Program;
}

/** A call whose result is text, so that comparing it needs no prototype. */
export interface KnownCall {
  readonly name: string;
  readonly expected: string;
  /** Makes the call; the result is converted to text after the change. */
  make(objects: Objects): unknown;
}

const LHS = new Float32Array([1, 2, 3, 4]);
const RHS = new Float32Array([10, 20, 30, 40]);

/** Returns all calls. */
export const CALLS: readonly KnownCall[] = [
  {
    name: "load",
    expected: "mul",
    make: ({ programs }) => {
      using program = load({ modules: [programs.mul], device: "local-sync" });
      return program.lookupFunction("mul").name;
    },
  },
  {
    name: "call scalars",
    expected: "42",
    make: ({ arithmetic }) => arithmetic.call("add_i32", 40, 2),
  },
  {
    name: "compute",
    expected: "10,40,90,160",
    make: ({ mul }) => mul.lookupFunction("mul").compute(LHS, RHS),
  },
  {
    name: "compute into",
    expected: "10,40,90,160",
    make: ({ mul }) => {
      const into = new Float32Array(4);
      mul.lookupFunction("mul").with({ into: [into] }).compute(LHS, RHS);
      return into;
    },
  },
  {
    name: "computeAsync",
    expected: "10,40,90,160",
    make: ({ mul }) => mul.lookupFunction("mul").computeAsync(LHS, RHS),
  },
  {
    name: "BufferView",
    expected: "1,2,3,4",
    make: ({ instance }) => {
      using view = BufferView.from(instance, LHS);
      return view.toTypedArray();
    },
  },
  {
    name: "BufferView of numbers",
    expected: "2x2xf32=[1 2][3 4]",
    make: ({ instance }) => {
      using view = BufferView.from(instance, [[1, 2], [3, 4]], {
        elementType: "f32",
      });
      return view.format();
    },
  },
  {
    name: "VmBuffer",
    expected: "1,2,3",
    make: ({ instance }) => {
      using buffer = VmBuffer.from(instance, new Uint8Array([1, 2, 3]));
      return buffer.toBytes();
    },
  },
  {
    name: "List",
    expected: "1,2,3",
    make: ({ instance }) => {
      using list = List.from(instance, [1, 2, 3], "i32");
      return list.toArray();
    },
  },
  {
    name: "List of objects",
    expected: "2",
    make: ({ instance }) => {
      using inner = List.from(instance, [1, 2], "i32");
      using list = List.from(instance, [inner, 5]);
      const [first] = list.toArray();
      using taken = first as List;
      return taken.size;
    },
  },
  {
    name: "ParameterIndex",
    expected: "1,2,3",
    make: ({ instance }) => {
      using index = ParameterIndex.create(instance);
      index.addData("key", new Uint8Array([1, 2, 3]));
      return index.read("key");
    },
  },
  {
    name: "npy",
    expected: "1,2,3,4",
    make: () => decodeNpy(encodeNpy(LHS))[0]!.data,
  },
  {
    name: "Device",
    expected: "local-sync",
    make: ({ instance }) => {
      using device = Device.create(instance, "local-sync");
      return device.id;
    },
  },
];
