/** Reads lines of stdin; asks for them on a terminal. */
export async function* readLines(): AsyncGenerator<string> {
  if (Deno.stdin.isTerminal()) {
    for (;;) {
      const line = prompt(">");
      if (line === null) return;
      yield line;
    }
  }
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of Deno.stdin.readable) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest + decoder.decode();
}
