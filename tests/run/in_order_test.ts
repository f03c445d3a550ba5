import { assertEquals } from "@std/assert";
import { InOrder } from "./in_order.ts";

Deno.test("The first process's output passes through; the others' waits its turn", () => {
  let printed = "";
  const output = new InOrder((text) => printed += text);
  const [first, second, third] = [output.add(), output.add(), output.add()];
  second.write("b");
  first.write("a");
  assertEquals(printed, "a");
  third.end();
  first.write("a");
  first.end();
  assertEquals(printed, "aab");
  second.write("b");
  assertEquals(printed, "aabb");
  second.end();
  const fourth = output.add();
  fourth.write("d");
  assertEquals(printed, "aabbd");
});
