/**
 * The operations of the VM's bytecode: which fields follow an opcode.
 *
 * Fields by letter:
 *
 * - `i`, `l`, `r`: a register of 32 bits, of 64 bits, or with a reference, that
 *   is read; `I`, `L`, `R`: one that is written
 * - `4`, `8`: an attribute of that many bytes; `c`, `C`: a constant of 4 or 8
 * - `t`: a type, `f`: a function, `b`: a branch target, `s`: a text
 * - `o`: a list of registers that are read; `O`: of those that are written
 * - `n`: a list of sizes, `m`: a list of registers with new numbers
 * - `x`: the cases of a branch table
 *
 * @module
 */

/** Opcodes of the operations with the same fields, as numbers and ranges. */
type Operations = Readonly<Record<string, string>>;

const CORE: Operations = {
  "": "121",
  "4I": "0",
  "4i": "1",
  "iI": "2 50 64-65 67-70 77 117 119",
  "ii": "3",
  "4L": "4",
  "4l": "5",
  "iL": "6 71-72",
  "il": "7",
  "4tR": "8",
  "4tr": "9",
  "itR": "10",
  "itr": "11",
  "I": "12",
  "cI": "13",
  "L": "14",
  "CL": "15",
  "R": "16",
  "4R": "17",
  "tiR": "18",
  "ri": "19 21",
  "rI": "20 85",
  "riI": "22",
  "rii": "23",
  "riL": "24",
  "ril": "25",
  "ritR": "26",
  "rir": "27",
  "iiiI": "28 41",
  "illL": "29",
  "itrrR": "30",
  "iioI": "31",
  "iloL": "32",
  "itroR": "33",
  "iiI": "34-40 51-53 58-60 73-76 122-125",
  "llL": "42-48 55-57 126-129",
  "lllL": "49",
  "lL": "54 118 120",
  "liL": "61-63",
  "lI": "66 82",
  "llI": "78-81",
  "rrI": "83-84",
  "bm": "86 93 97",
  "ibmbm": "87",
  "foO": "88",
  "fnoO": "89",
  "o": "90 133",
  "is": "91",
  "fI": "92",
  "so": "94-95",
  "ibm": "96",
  "rlI": "98-102",
  "rlL": "103",
  "rli": "104-106",
  "rll": "107",
  "liR": "108",
  "rlliR": "109",
  "rL": "110",
  "rlrll": "111",
  "rlrllI": "112",
  "rlli": "113-115",
  "rlll": "116",
  "rtR": "130",
  "ibmx": "131",
  "rllL": "132",
  "rR": "134",
  "fobO": "135",
  "fnobO": "136",
};

const F32: Operations = {
  "4I": "0",
  "4i": "1",
  "iI": "2 16-26 28-36 38-41 50 54 57",
  "ii": "3",
  "I": "4",
  "cI": "5",
  "riI": "6",
  "rii": "7",
  "iiiI": "8 15",
  "iioI": "9",
  "iiI": "10-14 27 37 42-49 55-56 62",
  "rlI": "51",
  "rli": "52",
  "rlli": "53",
  "iL": "58-59",
  "lI": "60-61",
};

const F64: Operations = {
  "4L": "0",
  "4l": "1",
  "iL": "2 21-23",
  "il": "3",
  "L": "4",
  "CL": "5",
  "riL": "6",
  "ril": "7",
  "illL": "8",
  "iloL": "9",
  "llL": "10-14 33 43 61-62 64",
  "lllL": "15",
  "lL": "16-19 26-32 34-42 44-47 60 63",
  "lI": "20 24-25 56",
  "llI": "48-55",
  "rlL": "57",
  "rll": "58",
  "rlll": "59",
};

function table(operations: Operations): ReadonlyMap<number, string> {
  const fields = new Map<number, string>();
  for (const [letters, ranges] of Object.entries(operations)) {
    for (const range of ranges.split(" ")) {
      const [first = 0, last = first] = range.split("-").map(Number);
      for (let opcode = first; opcode <= last; opcode++) {
        fields.set(opcode, letters);
      }
    }
  }
  return fields;
}

/** First byte of an operation of an extension. */
const PREFIX_F32 = 224;
const PREFIX_F64 = 225;

/** Fields of operations, by the prefix of their extension or 0. */
export type Fields = ReadonlyMap<number, ReadonlyMap<number, string>>;

let fields: Fields | undefined;

/** Returns the fields of all operations, which few programs are asked for. */
export function allFields(): Fields {
  return fields ??= new Map([
    [0, table(CORE)],
    [PREFIX_F32, table(F32)],
    [PREFIX_F64, table(F64)],
  ]);
}

/** Operations that the search for types knows. */
export const Operation = {
  globalLoadRef: 8,
  globalStoreRef: 9,
  globalLoadIndirectRef: 10,
  globalStoreIndirectRef: 11,
  constI32Zero: 12,
  constI32: 13,
  constI64Zero: 14,
  constI64: 15,
  constRodata: 17,
  listAlloc: 18,
  listSetRef: 27,
  listGetRef: 26,
  selectRef: 30,
  switchRef: 33,
  branch: 86,
  call: 88,
  callVariadic: 89,
  return: 90,
  fail: 91,
  yield: 93,
  break: 97,
  bufferAlloc: 108,
  bufferClone: 109,
  block: 121,
  castAnyRef: 130,
  branchTable: 131,
  discardRefs: 133,
  assignRef: 134,
  callYieldable: 135,
  callVariadicYieldable: 136,
} as const;
