import { decode } from "../../ffi/base/text.ts";

/** What the host did: the rows of the chunk that captures add to a bundle. */
export interface HostSpan {
  readonly kind:
    | "call"
    | "wait"
    | "import"
    | "write"
    | "read"
    | "named"
    | "vm"
    | "host";
  /** Name of a function or of a span; empty for waits and copies. */
  readonly name: string;
  /** Nanoseconds. */
  readonly start: number;
  /** Nanoseconds. */
  readonly end: number;
  /** Identifies the thread. */
  readonly thread: string;
  /** Bytes that were copied. */
  readonly bytes: number;
  /** Frames that are open around an operation of the VM. */
  readonly depth: number;
  readonly isFailure: boolean;
}

/** In the order of `native/src/span_log.h`, from 1. */
const KINDS: readonly HostSpan["kind"][] = [
  "call",
  "wait",
  "import",
  "write",
  "read",
  "named",
  "vm",
  "host",
];

const CONTENT_TYPE = "application/vnd.iree.deno.profile.spans";

/** Sizes in bytes, as in `profile_file.h` and `span_log.c`. */
const FILE_HEADER = 24;
const RECORD_HEADER = 104;
const SPAN_RECORD = 48;

/**
 * Reads what the host did from a bundle. Damaged records end the list, since
 * reports about the same bundle name the damage.
 *
 * @param bundle The bundle.
 * @returns The spans, in the order in which they ended; none if the bundle was
 * written by a tool of IREE's.
 */
export function readHostSpans(bundle: Uint8Array<ArrayBuffer>): HostSpan[] {
  const view = viewOf(bundle);
  if (bundle.length < FILE_HEADER) return [];
  const spans: HostSpan[] = [];
  let offset = view.getUint32(8, true);
  while (offset + RECORD_HEADER <= bundle.length) {
    const length = Number(view.getBigUint64(offset, true));
    if (length < RECORD_HEADER || offset + length > bundle.length) break;
    const header = view.getUint32(offset + 56, true);
    const typeLength = view.getUint32(offset + 60, true);
    const nameLength = view.getUint32(offset + 64, true);
    const at = header + typeLength + nameLength;
    if (at > length) break;
    const typeAt = offset + header;
    const type = decode(bundle.slice(typeAt, typeAt + typeLength));
    if (type === CONTENT_TYPE) {
      addSpans(bundle.subarray(offset + at, offset + length), spans);
    }
    offset += length;
  }
  return spans;
}

function addSpans(chunk: Uint8Array<ArrayBuffer>, spans: HostSpan[]): void {
  const view = viewOf(chunk);
  if (chunk.length < 8) return;
  let offset = view.getUint32(4, true);
  while (offset + SPAN_RECORD <= chunk.length) {
    const length = view.getUint32(offset, true);
    if (length < SPAN_RECORD || offset + length > chunk.length) return;
    const kind = KINDS[view.getUint32(offset + 4, true) - 1];
    if (kind === undefined) return;
    const payload = Number(view.getBigUint64(offset + 32, true));
    spans.push({
      kind,
      start: Number(view.getBigInt64(offset + 8, true)),
      end: Number(view.getBigInt64(offset + 16, true)),
      thread: `${view.getBigUint64(offset + 24, true)}`,
      bytes: kind === "vm" ? 0 : payload,
      depth: kind === "vm" ? payload : 0,
      isFailure: view.getUint32(offset + 40, true) !== 0,
      name: decode(chunk.slice(offset + SPAN_RECORD, offset + length)),
    });
    offset += length;
  }
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
