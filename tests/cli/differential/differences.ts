/** Aspects in which the two programs can differ. */
export type Aspect = "stdout" | "exit" | "status" | "stderr" | "files";

/** An intended difference. */
export interface Difference {
  /** Names of the cases that show it. */
  readonly cases: readonly string[];
  /** What differs. */
  readonly differs: readonly Aspect[];
  /** How `iree run` ends: its exit status, and the code of an error. */
  readonly ours: readonly [exit: number, status?: string];
  /** The reason. */
  readonly reason: string;
}

const REFUSED = {
  differs: ["stdout", "exit", "status"],
  ours: [1, "INVALID_ARGUMENT"],
} as const;
const WRONG_USAGE = { differs: ["stdout", "exit"], ours: [2] } as const;

/**
 * All intended differences. The suite fails on any other difference, and on any
 * listed one that no longer occurs.
 */
export const DIFFERENCES: readonly Difference[] = [
  {
    cases: [
      "statistics",
      "statistics, caching",
      "statistics, debug",
      "statistics, both",
      "statistics, expected",
      "statistics, to a file",
      "workers",
      "workers on one CPU",
      "workers with less stack",
      "two devices, statistics",
      "two devices, the second leads",
    ],
    differs: ["stderr"],
    ours: [0],
    reason:
      "Our statistics count what programs allocate from a device's pools; " +
      "theirs count only what the host allocates.",
  },
  {
    cases: [
      "view of 4xsi8=-129",
      "view of 4xi32=99999999999",
      "view of 4xui32=4294967296",
      "i8 of 99999999999",
      "i8 of 300",
      "i1 of 2",
    ],
    ...REFUSED,
    reason: "We reject an integer that does not fit; theirs wraps it.",
  },
  {
    cases: [
      "view of 4xi32=3.7",
      "view of 4xf32=1.5x",
      "view of 4xi1=02",
      "i8 of 3.7",
      "i8 of 4xf32=1",
    ],
    ...REFUSED,
    reason:
      "We reject a word that is not a number of the type; theirs reads its " +
      "leading number.",
  },
  {
    cases: ["view of 4xf32=1e39", "view of 4xf16=70000"],
    ...REFUSED,
    reason: "We reject a number that is too large; theirs becomes infinite.",
  },
  {
    cases: [
      "view of 2x2xi32=[1 2 3 4]",
      "view of 2x2xi32=[[1 2][3 4]",
      "view of 2x2xi32=[[1 2 3][4]]",
      "view of 2x2xi32=[7]",
      "view of i32=[7]",
    ],
    ...REFUSED,
    reason:
      "We reject brackets that do not match the shape; theirs ignores them.",
  },
  {
    cases: ["bytes for booleans", "bytes that are not booleans"],
    ...REFUSED,
    reason:
      "Our booleans are 0 or 1; theirs accepts any byte, of which programs " +
      "read one bit.",
  },
  {
    cases: [
      "workers on a device without workers",
      "an allocator with no limits",
    ],
    differs: ["stdout", "exit", "status", "stderr"],
    ours: [1, "INVALID_ARGUMENT"],
    reason: "We reject options without a matching device; theirs ignores them.",
  },
  {
    cases: ["an f16", "a bf16"],
    differs: ["stdout"],
    ours: [0],
    reason:
      "We print a scalar declared f16 or bf16 as a number; theirs prints the " +
      "integer that carries it, so that 1.5 is 1.",
  },
  {
    cases: ["an f16 to bytes"],
    differs: ["files"],
    ours: [0],
    reason: "Likewise, we write the two bytes of an f16.",
  },
  {
    cases: ["scalars that match", "an ignored scalar"],
    differs: ["stdout", "exit"],
    ours: [0],
    reason:
      "We compare scalars like tensors; with theirs a scalar never matches.",
  },
  {
    cases: ["a scalar that differs"],
    differs: ["stdout"],
    ours: [1],
    reason:
      "Likewise, we show the difference; theirs says only that types differ.",
  },
  {
    cases: ["2xf32=1 2 expected (null)"],
    differs: ["stdout", "exit"],
    ours: [1],
    reason:
      "An expected null matches only null; theirs matches anything, like " +
      "(ignored).",
  },
  {
    cases: [
      "2xf8E4M3FN=1 2 expected 2xf8E4M3FN=1 3",
      "several elements in a byte that differ",
    ],
    differs: ["stdout", "exit"],
    ours: [1],
    reason:
      "We show differences of packed types and of types with long names; " +
      "theirs aborts.",
  },
  {
    cases: [
      "a missing file",
      "missing bytes",
      "an unwritable output",
    ],
    differs: ["status"],
    ours: [1, "NOT_FOUND"],
    reason: "A missing file is NOT_FOUND; theirs is UNKNOWN.",
  },
  {
    cases: ["npy header: no shape"],
    ...REFUSED,
    reason: "We reject a header without a shape; theirs reads it as a scalar.",
  },
  {
    cases: ["npy header: a width of nothing", "npy header: a huge width"],
    differs: ["status"],
    ours: [1, "UNIMPLEMENTED"],
    reason:
      "Any unsupported element type is UNIMPLEMENTED; theirs reads part of " +
      "its width.",
  },
  {
    cases: ["npy: cut in the header", "npy: cut in the contents"],
    differs: ["status"],
    ours: [1, "INVALID_ARGUMENT"],
    reason: "A truncated file is as invalid as a corrupt one.",
  },
  {
    cases: ["npy |V2 (3,)"],
    differs: ["stdout", "exit", "status", "files"],
    ours: [1, "UNIMPLEMENTED"],
    reason: "Raw bytes could have several types; no program can use theirs.",
  },
  {
    cases: ["npy header: Fortran order", "npy header: big-endian"],
    differs: ["stdout", "exit", "status"],
    ours: [0],
    reason: "We read both byte orders and both dimension orders.",
  },
  {
    cases: ["2xbf16=1 2 to out.npy", "2xf8E4M3FN=1 2 to out.npy"],
    differs: ["exit", "status", "files"],
    ours: [0],
    reason: "We write ml_dtypes types as NumPy does.",
  },
  {
    cases: [
      "bytes",
      "bytes of nothing",
      "leftover bytes",
      "more bytes than expected",
      "an array, then other bytes",
    ],
    ...REFUSED,
    reason: "We reject unused bytes of a file; theirs ignores them.",
  },
  {
    cases: ["an array for another type", "an array for another shape"],
    ...REFUSED,
    reason:
      "A NumPy file's array must have the requested type; theirs reads the " +
      "file's header as elements.",
  },
  {
    cases: ["an array for a type"],
    differs: ["stdout"],
    ours: [0],
    reason: "We read a NumPy file's array; theirs reads the file's header as " +
      "elements.",
  },
  {
    cases: ["an expected array with its type"],
    differs: ["stdout", "exit"],
    ours: [0],
    reason: "Likewise, for an expected output.",
  },
  {
    cases: ["list drivers"],
    differs: ["stdout"],
    ours: [0],
    reason: "Our library has no HIP driver, but has `null`.",
  },
  {
    cases: ["parameters of long patterns"],
    differs: ["stdout", "exit", "status"],
    ours: [0],
    reason: "Our splats can have 8 bytes; theirs fails to load.",
  },
  {
    cases: ["flags as --help prints them"],
    differs: ["stdout", "exit", "status"],
    ours: [0],
    reason:
      "We accept flags as --help prints them; theirs reads two quotes as a " +
      "name.",
  },
  {
    cases: [
      "an unknown flag",
      "a recording with files of an unknown policy",
      "workers of an unknown kind",
      "an unknown parameter mode",
    ],
    differs: ["exit", "status"],
    ours: [2],
    reason: "Wrong usage has its own exit status.",
  },
  {
    cases: ["a recording of a program without devices"],
    differs: ["files"],
    ours: [1, "INVALID_ARGUMENT"],
    reason: "The file exists before the program is loaded.",
  },
  {
    cases: ["a recording of a program"],
    differs: ["files"],
    ours: [0],
    reason: "We create semaphores and tensors in another order.",
  },
  {
    cases: [
      "an unknown equality mode",
      "a stray argument",
      "a limit that is not a number",
      "a tolerance that is not a number",
      "statistics of an unknown kind",
      "a flag of CUDA's",
    ],
    ...WRONG_USAGE,
    reason: "We reject what we do not understand; theirs ignores it.",
  },
];
