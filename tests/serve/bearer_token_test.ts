import { assert, assertEquals, assertFalse } from "@std/assert";
import { isOneOf } from "../../lib/serve/bearer_token.ts";

/** Bytes of a text, and the positions that were read. */
function watched(
  text: string,
): { bytes: ArrayLike<number>; reads: string[] } {
  const reads: string[] = [];
  const bytes = new Proxy(new TextEncoder().encode(text), {
    get(target, name) {
      const at = String(name);
      if (/^\d+$/.test(at)) reads.push(at);
      return Reflect.get(target, name, target);
    },
  });
  return { bytes, reads };
}

const TOKENS = ["secret-1", "secret-2", "another-secret"];

/** Bytes that are read of a given token, and of the accepted ones. */
function readsOf(given: string): { isKnown: boolean; reads: string[][] } {
  const it = watched(given);
  const tokens = TOKENS.map(watched);
  const isKnown = isOneOf(it.bytes, tokens.map(({ bytes }) => bytes));
  return { isKnown, reads: [it.reads, ...tokens.map(({ reads }) => reads)] };
}

Deno.test("A token is accepted if it is one of the tokens, as a whole", () => {
  for (const token of TOKENS) assert(readsOf(token).isKnown, token);
  for (
    const other of ["", "s", "secret-", "secret-3", "secret-11", "Secret-1"]
  ) {
    assertFalse(readsOf(other).isKnown, other);
  }
});

// A comparison that ended early would read fewer bytes, in less time.
Deno.test("The same bytes are read wherever a token begins to differ", () => {
  const { reads } = readsOf("xxxxxxxx");
  assertEquals(reads.map(({ length }) => length), [24, 8, 8, 8]);
  for (const given of ["secret-1", "secret-2", "secret-x", "xecret-1"]) {
    assertEquals(readsOf(given).reads, reads, given);
  }
});
