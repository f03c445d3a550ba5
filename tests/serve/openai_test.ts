import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { LanguageModel } from "../../lib/language/mod.ts";
import {
  type LanguageModelServing,
  ModelServer,
  type ModelServerOptions,
} from "../../lib/serve/mod.ts";
import { inFolder, SMALL } from "../language/support.ts";
import { testWithTemplates } from "../language/templates.ts";
import { byteVocabulary, SPECIAL } from "../language/texts.ts";
import { tinyModel, writeGguf } from "../language/tiny_models.ts";
import { test } from "../support.ts";

type Json = Record<string, unknown>;

/** Asks a server with a tiny model. */
type Ask = (path: string, body?: Json) => Promise<Response>;

async function withServer(
  act: (ask: Ask) => Promise<void>,
  options: ModelServerOptions & LanguageModelServing = {},
): Promise<void> {
  const { maxQueue, ...serverOptions } = options;
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    await writeGguf(path, tinyModel(), { metadata: byteVocabulary() });
    using model = await LanguageModel.load(path, {
      ...SMALL,
      contextLength: 32,
    });
    await using server = new ModelServer(serverOptions);
    server.addLanguageModel("tiny", model, { instances: 2, maxQueue });
    await act((path, body) =>
      server.fetch(
        new Request(`http://localhost${path}`, {
          method: body === undefined ? "GET" : "POST",
          body: body && JSON.stringify(body),
        }),
      )
    );
  });
}

/** A token that is chosen whatever the model computes. */
const ALWAYS = { logit_bias: { 104: 100 }, temperature: 0 };

test("/v1/models lists language models", async () => {
  await withServer(async (ask) => {
    const { object, data } = await (await ask("/v1/models")).json();
    assertEquals([object, data.length, data[0].id], ["list", 1, "tiny"]);
    const { id } = await (await ask("/v1/models/tiny")).json();
    assertEquals(id, "tiny");
    const missing = await ask("/v1/models/other");
    assertEquals(missing.status, 404);
    const { error } = await missing.json();
    assertEquals([error.code, error.param], ["model_not_found", "model"]);
  });
});

test("/v1/completions answers prompts of text and tokens, with usage", async () => {
  await withServer(async (ask) => {
    const response = await ask("/v1/completions", {
      ...{ model: "tiny", prompt: ["abc", "de"], max_tokens: 4 },
      ...ALWAYS,
      logprobs: 1,
    });
    assertEquals(response.status, 200);
    const { choices, usage, object } = await response.json();
    assertEquals(object, "text_completion");
    assertEquals(choices.map((it: Json) => it.text), ["hhhh", "hhhh"]);
    assertEquals(choices.map((it: Json) => it.finish_reason), [
      "length",
      "length",
    ]);
    assertEquals(choices[0].logprobs.tokens, ["h", "h", "h", "h"]);
    assertEquals(usage, {
      prompt_tokens: 5,
      completion_tokens: 8,
      total_tokens: 13,
    });
  });
});

test("/v1/completions streams events that end with [DONE]", async () => {
  await withServer(async (ask) => {
    const response = await ask("/v1/completions", {
      ...{ model: "tiny", prompt: [97, 98], max_tokens: 3, stream: true },
      ...{ ...ALWAYS, stream_options: { include_usage: true } },
    });
    assertEquals(
      response.headers.get("content-type"),
      "text/event-stream; charset=utf-8",
    );
    const events = (await response.text()).split("\n\n").filter(Boolean)
      .map((event) => event.replace(/^data: /, ""));
    assertEquals(events.pop(), "[DONE]");
    const parts = events.map((event) => JSON.parse(event));
    assertEquals(parts.pop().usage.completion_tokens, 3);
    assertEquals(parts.pop().choices[0].finish_reason, "length");
    assertEquals(parts.map((it) => it.choices[0].text).join(""), "hhh");
  });
});

test("response_format json_object answers with an object", async () => {
  await withServer(async (ask) => {
    const response = await ask("/v1/completions", {
      ...{ model: "tiny", prompt: "a", temperature: 0, max_tokens: 9 },
      response_format: { type: "json_object" },
      // An object that is closed, and what would follow.
      logit_bias: { 125: 100, 123: 90, 104: 99 },
    });
    const [choice] = (await response.json()).choices;
    assertEquals([choice.text, choice.finish_reason], ["{}", "stop"]);
    const other = await ask("/v1/completions", {
      ...{ model: "tiny", prompt: "a" },
      response_format: { type: "xml" },
    });
    assertEquals((await other.json()).error.param, "response_format");
  });
});

test("response_format json_schema answers with an object of the schema", async () => {
  await withServer(async (ask) => {
    const request = (schema?: object) =>
      ask("/v1/completions", {
        ...{ model: "tiny", prompt: "a", temperature: 0, max_tokens: 20 },
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", strict: true, schema },
        },
        // The quickest end: an object that is closed, without white space.
        logit_bias: {
          ...{
            125: 100,
            91: 98,
            34: 95,
            9: -100,
            10: -100,
            13: -100,
            32: -100,
          },
        },
      });
    const response = await request({
      type: "object",
      properties: { ok: { enum: [true] } },
      required: ["ok"],
      additionalProperties: false,
    });
    const { choices: [choice] } = await response.json();
    assertEquals([choice.text, choice.finish_reason], ['{"ok":true}', "stop"]);
    const name = "response_format.json_schema.schema";
    for (
      const [schema, code, text] of [
        [undefined, "invalid_value", "must be a schema"],
        [{ type: "array" }, "unsupported_parameter", "is not an object"],
        [
          { type: "object", properties: { at: { pattern: "^a" } } },
          "unsupported_parameter",
          "json.properties.at.pattern",
        ],
        [{ type: "object", required: 1 }, "invalid_value", "json.required"],
      ] as const
    ) {
      const refused = await request(schema);
      const { error } = await refused.json();
      assertEquals([refused.status, error.param, error.code], [
        400,
        name,
        code,
      ]);
      assertStringIncludes(error.message, text);
    }
    const items = { $ref: "#/$defs/list" };
    const lists = [5, 6].map((maxItems) => ({
      type: "array",
      items,
      maxItems,
    }));
    const refused = await request({
      type: "object",
      properties: { a: items },
      required: ["a"],
      additionalProperties: false,
      $defs: { list: { anyOf: lists } },
    });
    const { error } = await refused.json();
    assertEquals(refused.status, 400);
    assertStringIncludes(error.message, "more than 256 alternatives");
  });
});

test("A client that leaves a stream frees its place", async () => {
  await withServer(async (ask) => {
    const body = { model: "tiny", prompt: "a", stream: true, ...ALWAYS };
    for (let i = 0; i < 4; i++) {
      const response = await ask("/v1/completions", {
        ...body,
        max_tokens: 20,
      });
      await response.body!.cancel();
    }
    const last = await ask("/v1/completions", { ...body, max_tokens: 2 });
    assert((await last.text()).endsWith("data: [DONE]\n\n"));
  });
});

test("A stream that is rejected does not keep the server from ending", async () => {
  await withServer(async (ask) => {
    const body = { model: "tiny", prompt: "a", stream: true, ...ALWAYS };
    const running = await Promise.all(
      [1, 2].map(() => ask("/v1/completions", { ...body, max_tokens: 20 })),
    );
    const refused = await ask("/v1/completions", body);
    assertEquals(refused.status, 429);
    for (const { body } of running) await body!.cancel();
    const whole = { ...body, stream: false, max_tokens: 1 };
    let statuses: string;
    do {
      const both = [1, 2].map(async () => {
        const response = await ask("/v1/completions", whole);
        await response.body!.cancel();
        return response.status;
      });
      statuses = (await Promise.all(both)).join();
    } while (statuses !== "200,200");
  }, { maxQueue: 0 });
});

test("A client that does not read a stream loses its place in time", async () => {
  await withServer(async (ask) => {
    const body = { model: "tiny", prompt: "a", stream: true, ...ALWAYS };
    const late = /no answer within the 0.5 s/;
    // On a busy machine, a request is too late before its stream begins.
    const stall = async (): Promise<Response> => {
      for (;;) {
        const response = await ask("/v1/completions", {
          ...{ ...body, max_tokens: 20 },
        });
        if (response.status === 200) return response;
        assertMatch(await response.text(), late);
      }
    };
    const stalled = await Promise.all([stall(), stall()]);
    for (;;) {
      const next = await ask("/v1/completions", { ...body, max_tokens: 2 });
      const text = await next.text().catch(String);
      if (text.endsWith("data: [DONE]\n\n")) break;
      // It has waited for a place too long itself.
      assertMatch(text, late);
    }
    const outcomes = await Promise.allSettled(
      stalled.map((response) => response.text()),
    );
    const errors = outcomes.map((it) => "reason" in it && String(it.reason));
    assertMatch(errors.join(), late);
  }, { requestTimeout: 500 });
});

test("/v1/embeddings returns vectors as numbers or base64", async () => {
  await withServer(async (ask) => {
    const embed = async (format: string) => {
      const response = await ask("/v1/embeddings", {
        model: "tiny",
        input: ["hello", "world"],
        encoding_format: format,
      });
      const { data, usage } = await response.json();
      assertEquals(data.length, 2);
      assert(usage.total_tokens > 2);
      return data[1].embedding;
    };
    const numbers = await embed("float");
    const bytes = Uint8Array.fromBase64(await embed("base64"));
    assertEquals([...new Float32Array(bytes.buffer)], numbers);
  });
});

test("Wrong requests get OpenAI's errors", async () => {
  await withServer(async (ask) => {
    const cases: readonly (readonly [Json, number, string])[] = [
      [{ prompt: "a" }, 400, "model must be a string, got nothing"],
      [{ model: "x", prompt: "a" }, 404, "The model 'x' does not exist"],
      [{ model: "tiny" }, 400, "prompt must be a string, tokens"],
      [{ model: "tiny", prompt: "a", temperature: 3 }, 400, "temperature must"],
      [{ model: "tiny", prompt: "a", n: 2 }, 400, "n is not supported"],
      [{ model: "tiny", prompt: "a", tpyo: 2 }, 400, "Unrecognized request"],
      [{ model: "tiny", prompt: [400] }, 400, "tokens[0] must be 0 to 319"],
      [
        { model: "tiny", prompt: "a".repeat(40) },
        400,
        "This model's maximum context length is 32 tokens",
      ],
    ];
    for (const [body, status, message] of cases) {
      const response = await ask("/v1/completions", body);
      const { error } = await response.json();
      assertEquals(response.status, status, error.message);
      assert(error.message.includes(message), error.message);
      assertEquals(error.type, "invalid_request_error");
    }
    const chat = await ask("/v1/chat/completions", {
      model: "tiny",
      messages: [],
    });
    assertEquals((await chat.json()).error.param, "messages");
    assertEquals((await ask("/v1/other")).status, 404);
    assertEquals((await ask("/v1/completions")).status, 405);
  });
});

testWithTemplates("/v1/chat/completions answers messages", async () => {
  await withServer(async (ask) => {
    const body = {
      model: "tiny",
      messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
      max_completion_tokens: 3,
      ...ALWAYS,
    };
    const response = await ask("/v1/chat/completions", body);
    const { choices, object } = await response.json();
    assertEquals(object, "chat.completion");
    assertEquals(choices[0].message, {
      role: "assistant",
      content: "hhh",
      refusal: null,
    });
    const stop = { [SPECIAL.stop]: 100 };
    const ended = await ask("/v1/chat/completions", {
      ...{ ...body, logit_bias: stop },
    });
    const [choice] = (await ended.json()).choices;
    assertEquals([choice.message.content, choice.finish_reason], ["", "stop"]);
    const stream = await ask("/v1/chat/completions", { ...body, stream: true });
    const parts = (await stream.text()).match(/"content":"[^"]*"/g);
    assertEquals(parts, ['"content":""', ...Array(3).fill('"content":"h"')]);
  });
});
