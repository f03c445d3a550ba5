import "./first_callback.ts";

/** Functions of the fixture `host.mlir` that a test does not use. */
export const UNUSED = {
  add: {
    types: "(i32, i32) -> i32",
    call: (a: number, b: number): number => a + b,
  },
  mix: {
    types: "(i64, f32, f64, i1, i8) -> (i64, f32, f64, i1, i8)",
    call: (a: bigint, b: number, c: number, d: number, e: number) =>
      [a, b, c, d, e] as const,
  },
  scale: {
    types: "(tensor<?xf32>, f32) -> tensor<?xf32>",
    call: (): number[] => [0],
  },
} as const;
