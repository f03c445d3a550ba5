/**
 * Further receivers and kinds of arguments for functions that do different
 * things with them.
 *
 * @module
 */

import type { PublicFunction } from "./api.ts";
import { api } from "./entries.ts";
import type { Things } from "./things.ts";

/** Calls whose arguments other samples of the same functions do not have. */
export const VARIANTS: readonly PublicFunction[] = [
  {
    name: "compute with scalars",
    arguments: () => [1, 2n, 3.5, 4.5, 1, 2n, 3.5, 4.5],
    call: ({ scalars }, values) => compute(scalars, values),
  },
  {
    name: "compute with structures",
    arguments: () => [
      { bias: new Float32Array(2), scales: [1, [2, 3n]] },
      [5, 6],
    ],
    call: ({ structures }, values) => compute(structures, values),
  },
  {
    name: "computeAsync with structures",
    arguments: () => [
      { bias: new Float32Array(2), scales: [1, [2, 3n]] },
      [5, 6],
    ],
    call: ({ structures }, values) =>
      Reflect.apply(structures.computeAsync, structures, values),
  },
  {
    name: "compute with results in arrays",
    arguments: () => [[new Float32Array(4)]],
    call: ({ tensors, view }, [into]) =>
      tensors.with({ into: into as [] }).compute(view, view),
  },
  {
    name: "loadModel of a program",
    arguments: ({ fixtures, device }) => [fixtures.program, { device }],
    call: (_, values) => Reflect.apply(api.loadModel, undefined, values),
  },
  {
    name: "BufferView.from an NdArray",
    arguments: ({ device }) => [
      device,
      { elementType: "f32", shape: [2], data: new Float32Array(2) },
    ],
    call: (_, values) =>
      Reflect.apply(api.BufferView.from, api.BufferView, values),
  },
  {
    name: "result of a host function",
    arguments: () => [3],
    call: (things, [value]) => things.hosted.returning(value, "sum", 1, 2),
  },
  {
    name: "results of a host function",
    arguments: () => [[1n, 2, 3, 0, 4]],
    call: (things, [value]) =>
      things.hosted.returning(value, "mix", 1n, 2, 3, 0, 4),
  },
  {
    name: "tensor of a host function",
    arguments: () => [[1, 2]],
    call: (things, [value]) =>
      things.hosted.returning(value, "scale", new Float32Array(2), 2),
  },
];

function compute(
  called: Things["scalars"],
  values: readonly unknown[],
): unknown {
  return Reflect.apply(called.compute, called, values);
}
