// Chat templates in Jinja are part of a model's file: they must not reach anything.

import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { LanguageModel } from "../../lib/language/mod.ts";
import { inFolder, SMALL } from "./support.ts";
import { testWithTemplates } from "./templates.ts";
import { byteVocabulary } from "./texts.ts";
import { tinyModel, writeGguf } from "./tiny_models.ts";

const MESSAGES = [{ role: "user", content: "hi" }];

/** Ways out of a template, which must all end in an error or in nothing. */
const WAYS_OUT: readonly string[] = [
  "Deno",
  "globalThis",
  "process",
  "self",
  "constructor",
  "constructor.constructor",
  "messages.constructor",
  'messages["constructor"]["constructor"]("return Deno")()',
  'messages[0].constructor.constructor("return Deno")()',
  "messages.__proto__",
  'messages[0]["__proto__"]["constructor"]',
  '"".constructor.constructor("return Deno")()',
  '"".__class__.__mro__',
  'raise_exception.constructor("return Deno")()',
  "range.constructor",
  'messages | map(attribute="constructor") | list',
  'messages | map(attribute="__proto__") | first',
  'import("node:fs")',
  'require("node:fs")',
];

testWithTemplates(
  "A chat template reaches nothing but the messages",
  async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "model.gguf");
      await writeGguf(path, tinyModel(), { metadata: byteVocabulary() });
      using model = await LanguageModel.load(path, SMALL);
      const render = async (template: string): Promise<string> => {
        try {
          const tokens = await model.chatPrompt(MESSAGES, { template });
          return model.tokenizer.decode(tokens);
        } catch (error) {
          return `rejected: ${error}`;
        }
      };
      assertEquals(await render("<{{ messages[0].content }}>"), "<hi>");
      for (const way of WAYS_OUT) {
        const text = await render(`<{{ ${way} }}>`);
        assertMatch(
          text,
          /^<(?:|undefined|\[(?:|undefined|null)\])>$|^rejected: /,
          way,
        );
        const isThere = await render(
          `{% if ${way} is defined and ${way} %}reached{% endif %}`,
        );
        if (way.includes("map(")) continue; // a list, of nothing
        assertEquals(isThere.replace(/^rejected: .*/s, ""), "", way);
      }
      for (
        const statement of [
          '{% include "/etc/passwd" %}',
          '{% import "node:fs" as fs %}',
          '{% extends "/etc/passwd" %}',
        ]
      ) {
        assertMatch(await render(statement), /^rejected: /, statement);
      }
      // What a template does to its messages stays there.
      const changed =
        "{% set messages = [] %}{% set x = messages.append(1) %}{{ messages }}";
      await render(changed);
      await render(
        "{% for m in messages %}{% set m.content = 1 %}{% endfor %}",
      );
      assertEquals(MESSAGES, [{ role: "user", content: "hi" }]);
      assertEquals(Object.hasOwn(Object.prototype, "content"), false);
    });
  },
);
