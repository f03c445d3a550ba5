/** What can differ between the two programs. */
export type Aspect = "stdout" | "exit" | "status" | "stderr" | "files";

/** A difference that is meant. */
export interface Difference {
  /** Names of the cases that show it. */
  readonly cases: readonly string[];
  /** What differs. */
  readonly differs: readonly Aspect[];
  /** How `iree run` ends: the exit status, and the code of an error. */
  readonly ours: readonly [exit: number, status?: string];
  /** Why. */
  readonly reason: string;
}

const REFUSED = {
  differs: ["stdout", "exit", "status"],
  ours: [1, "INVALID_ARGUMENT"],
} as const;
const WRONG_USAGE = { differs: ["stdout", "exit"], ours: [2] } as const;

/**
 * All differences that are meant. The suite fails when there is one that is not
 * here, and when one that is here is no more.
 */
export const DIFFERENCES: readonly Difference[] = [
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
    reason: "An integer that does not fit is refused; theirs is wrapped.",
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
      "A word that is no number of the type is refused; theirs takes as " +
      "much of it as is one.",
  },
  {
    cases: ["view of 4xf32=1e39", "view of 4xf16=70000"],
    ...REFUSED,
    reason: "A number that is too large is refused; theirs becomes infinite.",
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
    reason: "Brackets that do not match the shape are refused; theirs are " +
      "overlooked.",
  },
  {
    cases: ["bytes for booleans", "booleans of bytes that are none"],
    ...REFUSED,
    reason: "A boolean is 0 or 1; theirs takes any byte, of which programs " +
      "look at one bit.",
  },
  {
    cases: ["workers of a device without", "an allocator with no limits"],
    differs: ["stdout", "exit", "status", "stderr"],
    ours: [1, "INVALID_ARGUMENT"],
    reason: "What says nothing of the devices that there are is refused; " +
      "theirs overlooks it.",
  },
  {
    cases: ["an f16", "a bf16"],
    differs: ["stdout"],
    ours: [0],
    reason:
      "A scalar that is declared f16 or bf16 is a number; theirs is the " +
      "integer that it is passed as, so that 1.5 is 1.",
  },
  {
    cases: ["an f16 to bytes"],
    differs: ["files"],
    ours: [0],
    reason: "The same: it is written as the two bytes of an f16.",
  },
  {
    cases: ["scalars that are as expected", "a scalar that is ignored"],
    differs: ["stdout", "exit"],
    ours: [0],
    reason:
      "Scalars are compared as tensors are; with theirs no scalar is as " +
      "expected, whatever it is.",
  },
  {
    cases: ["a scalar that is not as expected"],
    differs: ["stdout"],
    ours: [1],
    reason: "The same: it is told how they differ, and not that i32 is no i32.",
  },
  {
    cases: ["2xf32=1 2 expected (null)"],
    differs: ["stdout", "exit"],
    ours: [1],
    reason: "An expected null must be null; with theirs it is anything, as " +
      "(ignored) is.",
  },
  {
    cases: [
      "2xf8E4M3FN=1 2 expected 2xf8E4M3FN=1 3",
      "several elements in a byte that differ",
    ],
    differs: ["stdout", "exit"],
    ours: [1],
    reason:
      "How types with long names differ, and those that share bytes, is " +
      "told; theirs aborts.",
  },
  {
    cases: [
      "a file that is not there",
      "bytes that are not there",
      "an output that cannot be written",
    ],
    differs: ["status"],
    ours: [1, "NOT_FOUND"],
    reason: "A file that is not there is NOT_FOUND; theirs is UNKNOWN.",
  },
  {
    cases: ["npy header: no shape"],
    ...REFUSED,
    reason: "A header without a shape is refused; with theirs it is a scalar.",
  },
  {
    cases: ["npy header: a width of nothing", "npy header: a huge width"],
    differs: ["status"],
    ours: [1, "UNIMPLEMENTED"],
    reason:
      "An element type that no tensor has is UNIMPLEMENTED, whatever is " +
      "odd about it; theirs reads a part of its width.",
  },
  {
    cases: ["npy: cut in the header", "npy: cut in the contents"],
    differs: ["status"],
    ours: [1, "INVALID_ARGUMENT"],
    reason: "A file that is cut is as wrong as one that is corrupt.",
  },
  {
    cases: ["npy |V2 (3,)"],
    differs: ["stdout", "exit", "status", "files"],
    ours: [1, "UNIMPLEMENTED"],
    reason: "Raw bytes could be of several types; no program can do anything " +
      "with theirs.",
  },
  {
    cases: ["npy header: Fortran order", "npy header: big-endian"],
    differs: ["stdout", "exit", "status"],
    ours: [0],
    reason: "Either order of bytes and of dimensions is read.",
  },
  {
    cases: ["2xbf16=1 2 to out.npy", "2xf8E4M3FN=1 2 to out.npy"],
    differs: ["exit", "status", "files"],
    ours: [0],
    reason: "They are written as NumPy writes the types of ml_dtypes.",
  },
  {
    cases: [
      "bytes",
      "bytes of nothing",
      "bytes that are left",
      "more bytes than are expected",
      "an array, then what is not one",
    ],
    ...REFUSED,
    reason: "Bytes of a file that nothing takes are refused; theirs are " +
      "overlooked.",
  },
  {
    cases: ["an array for another type", "an array for another shape"],
    ...REFUSED,
    reason:
      "The array of a NumPy file must be of the type that is asked for; " +
      "theirs takes the file's header for elements.",
  },
  {
    cases: ["an array for a type"],
    differs: ["stdout"],
    ours: [0],
    reason:
      "The array of a NumPy file is read; theirs takes the file's header " +
      "for elements.",
  },
  {
    cases: ["an array that is expected, with its type"],
    differs: ["stdout", "exit"],
    ours: [0],
    reason: "The same: it is as expected.",
  },
  {
    cases: ["list drivers"],
    differs: ["stdout"],
    ours: [0],
    reason: "The library has no CUDA and no HIP, but the driver `null`.",
  },
  {
    cases: ["parameters of long patterns"],
    differs: ["stdout", "exit", "status"],
    ours: [0],
    reason: "A splat can be of 8 bytes; theirs cannot be loaded.",
  },
  {
    cases: ["flags as --help prints them"],
    differs: ["stdout", "exit", "status"],
    ours: [0],
    reason: "What --help prints can be given back; theirs takes two quotes " +
      "for a name.",
  },
  {
    cases: [
      "an unknown flag",
      "workers of no known kind",
      "parameters in no known way",
    ],
    differs: ["exit", "status"],
    ours: [2],
    reason: "Wrong usage has an exit status of its own.",
  },
  {
    cases: ["a capture for replays"],
    differs: ["stdout", "exit", "files"],
    ours: [2],
    reason: "The capture of replays is not in the library.",
  },
  {
    cases: [
      "an equality mode of no known name",
      "a stray argument",
      "a limit that is no number",
      "a tolerance that is no number",
      "statistics, maybe",
      "a flag of CUDA's",
    ],
    ...WRONG_USAGE,
    reason: "What is not understood is refused; theirs overlooks it.",
  },
];
