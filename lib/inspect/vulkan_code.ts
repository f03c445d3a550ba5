import type { ByteSource } from "../files/byte_source.ts";
import { FlatTable } from "../files/flatbuffer.ts";
import { readArchive } from "../files/program_archive.ts";
import { describeRodata } from "./program_rodata.ts";
import { readMessages } from "./program_targets.ts";

// A GPU runs the threads of a workgroup in subgroups, and instructions combine
// the values of a subgroup. The compiler divides a sum among the subgroups of
// its target's GPU. On a GPU with others, parts are left out or added twice.
// Neither Vulkan nor IREE notices.

/** Code of a program for Vulkan that depends on the GPU's subgroups. */
export interface VulkanCode {
  /** Names of the GPUs that it is compiled for, such as `sm_80`. */
  readonly targets: readonly string[];
  /** The subgroup sizes of these GPUs. */
  readonly subgroupSizes: readonly number[];
  /** Threads in the largest workgroup that combines values of subgroups. */
  readonly workgroupSize: number;
}

/** Table fields by their position in IREE's `bytecode_module_def.fbs`. */
const MODULE = { rodata: 9, bytecode: 14 } as const;

/** Those in `vulkan_executable_def.fbs`, which follows a header. */
const EXECUTABLE = { modules: 3 } as const;
const SHADER = { code: 0 } as const;
const MAGIC = "VKE1";
const HEADER_LENGTH = 64;

const TARGET =
  /"vulkan-spirv-fb", \{[^]*?\barch = "([^"]*)"[^]*?\bsubgroup_size_choices = \[([\d, ]+)\]/g;

/**
 * Reads what a program's results depend on if it runs on Vulkan.
 *
 * @param source The program's file.
 * @returns `undefined` if no code depends on subgroups, or if the program does
 * not say what it is compiled for.
 */
export function readVulkanCode(source: ByteSource): VulkanCode | undefined {
  const archive = readArchive(source);
  const root = FlatTable.root(archive.flatbuffer, "IREE");
  const targets = readTargets(root.bytes(MODULE.bytecode));
  if (targets.size === 0) return undefined;
  const sizes = root.tables(MODULE.rodata).flatMap((segment, ordinal) => {
    const { executable, offset, byteLength } = describeRodata(
      source,
      archive,
      segment,
      ordinal,
    );
    return executable === "vulkan"
      ? workgroupSizes(source.read(offset, byteLength))
      : [];
  });
  const workgroupSize = Math.max(0, ...sizes);
  return workgroupSize === 0 ? undefined : {
    targets: [...targets.keys()],
    subgroupSizes: [...new Set([...targets.values()].flat())],
    workgroupSize,
  };
}

/** Subgroup sizes by the target's name. */
function readTargets(
  bytecode: Uint8Array<ArrayBuffer>,
): Map<string, readonly number[]> {
  const targets = new Map<string, readonly number[]>();
  for (const message of readMessages(bytecode, "HAL device `")) {
    for (const [, name = "", sizes = ""] of message.matchAll(TARGET)) {
      targets.set(name, sizes.split(",").map(Number));
    }
  }
  return targets;
}

function workgroupSizes(executable: Uint8Array<ArrayBuffer>): number[] {
  const root = FlatTable.root(executable.subarray(HEADER_LENGTH), MAGIC);
  return root.tables(EXECUTABLE.modules).map((table) =>
    reducingWorkgroup(table.records(SHADER.code, 4))
  );
}

/** Instructions of SPIR-V by their number. */
const EXECUTION_MODE = 16;
const FIRST_REDUCTION = 349; // OpGroupNonUniformIAdd
const LAST_REDUCTION = 364; // OpGroupNonUniformLogicalXor

/** The execution mode with the workgroup's size. */
const LOCAL_SIZE = 17;

/** The operation on clusters, which are smaller than a subgroup. */
const CLUSTERED = 3;

/** From SPIR-V 1.6 on, the driver may choose among several subgroup sizes. */
const VERSION_1_6 = 0x10600;

/** Length of the header, and of a word. */
const SPIRV_HEADER_LENGTH = 20;
const WORD = 4;

/**
 * The threads in a workgroup of a module that combines values of whole
 * subgroups, the smallest number if it has several functions; 0 for a module
 * that does not, or that does not say.
 */
function reducingWorkgroup(code: DataView<ArrayBuffer>): number {
  const word = (at: number): number => code.getUint32(at, true);
  if (code.byteLength < SPIRV_HEADER_LENGTH || word(WORD) >= VERSION_1_6) {
    return 0;
  }
  let smallest = Infinity;
  let isReducing = false;
  for (let at = SPIRV_HEADER_LENGTH; at < code.byteLength;) {
    const instruction = word(at) & 0xffff;
    const length = (word(at) >>> 16) * WORD;
    if (length === 0 || at + length > code.byteLength) return 0;
    if (
      instruction === EXECUTION_MODE && length === 6 * WORD &&
      word(at + 2 * WORD) === LOCAL_SIZE
    ) {
      const size = word(at + 3 * WORD) * word(at + 4 * WORD) *
        word(at + 5 * WORD);
      smallest = Math.min(smallest, size);
    } else if (
      instruction >= FIRST_REDUCTION && instruction <= LAST_REDUCTION &&
      word(at + 4 * WORD) !== CLUSTERED
    ) {
      isReducing = true;
    }
    at += length;
  }
  return isReducing && Number.isFinite(smallest) ? smallest : 0;
}
