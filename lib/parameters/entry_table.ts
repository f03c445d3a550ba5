import { toText } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import {
  type ParameterEntry,
  unreadable,
  type UnreadableParameter,
} from "./entry.ts";
import { describeKeys } from "./options.ts";

/** The entries of an index, in order and by key. */
export class EntryTable {
  readonly #entries: ParameterEntry[] = [];
  readonly #ordinals = new Map<string, number>();
  /** Ordinals of entries in the native index, which has only readable ones. */
  readonly #places: number[] = [];
  #readableCount = 0;

  /** All entries, in the order in which they were added. */
  get all(): readonly ParameterEntry[] {
    return this.#entries;
  }

  /** Whether there is an entry with a key. */
  has(key: string): boolean {
    return this.#ordinals.has(toText("key", key));
  }

  /** Looks up an entry; throws NOT_FOUND with a list of existing keys. */
  lookup(key: string): ParameterEntry {
    return this.#entries[this.#ordinalOf(key)]!;
  }

  /** Returns the ordinal of a readable entry in the native index. */
  placeOf(key: string): number {
    const ordinal = this.#ordinalOf(key);
    const entry = this.#entries[ordinal]!;
    if (isUnreadable(entry)) throw unreadable(entry);
    return this.#places[ordinal]!;
  }

  /** Throws UNIMPLEMENTED if the contents of any entry cannot be read. */
  demandReadable(): void {
    const entry = this.#entries.find(isUnreadable);
    if (entry !== undefined) throw unreadable(entry);
  }

  /**
   * Throws ALREADY_EXISTS for keys that exist or occur twice.
   *
   * @param entries Entries to add.
   * @param path The file that they come from.
   */
  checkNew(entries: readonly { readonly key: string }[], path?: string): void {
    const keys = new Set<string>();
    for (const { key } of entries) {
      if (!this.#ordinals.has(key) && !keys.has(key)) {
        keys.add(key);
        continue;
      }
      const where = path === undefined ? "" : ` of '${path}'`;
      throw new IreeError(
        "ALREADY_EXISTS",
        `parameter '${key}'${where} is in the index already`,
        { hint: "add each key once; addFrom can rename a parameter" },
      );
    }
  }

  /** Adds an entry whose key is new. */
  add(entry: ParameterEntry): void {
    this.#ordinals.set(entry.key, this.#entries.length);
    this.#entries.push(Object.freeze(entry));
    this.#places.push(this.#readableCount);
    if (!isUnreadable(entry)) this.#readableCount++;
  }

  #ordinalOf(key: string): number {
    toText("key", key);
    const ordinal = this.#ordinals.get(key);
    if (ordinal !== undefined) return ordinal;
    throw new IreeError(
      "NOT_FOUND",
      `no parameter found in index with key '${key}'`,
      { hint: describeKeys([...this.#ordinals.keys()]) },
    );
  }
}

function isUnreadable(entry: ParameterEntry): entry is UnreadableParameter {
  return entry.storage === "unreadable";
}
