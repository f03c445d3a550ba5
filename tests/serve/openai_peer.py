"""Talks to a server by OpenAI's client, and prints what it answers as JSON.

    openai_peer.py BASE_URL KEY
"""

import asyncio
import json
import sys
from typing import Literal

import openai
import pydantic

base_url, key = sys.argv[1:]
client = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0)

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
# The token of "h", whatever the model computes.
CHOICE = {"temperature": 0, "logit_bias": {"104": 100}}


def chat(messages=MESSAGES, **options):
    return client.chat.completions.create(model="chat", messages=messages, **CHOICE, **options)


def complete(prompt="ab", **options):
    return client.completions.create(model="chat", prompt=prompt, **CHOICE, **options)


def refusal(call):
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code, error.param]
    return None


def streamed():
    parts = list(chat(max_completion_tokens=3, stream=True, stream_options={"include_usage": True}))
    return {
        "roles": [it.choices[0].delta.role for it in parts if it.choices][:1],
        "text": "".join(it.choices[0].delta.content or "" for it in parts if it.choices),
        "reason": parts[-2].choices[0].finish_reason,
        "tokens": parts[-1].usage.completion_tokens,
        "ids": len({it.id for it in parts}),
    }


def accumulated():
    # "h" becomes less likely, until the token that ends answers is likelier.
    options = {"temperature": 0, "frequency_penalty": 2, "logit_bias": {"104": 100, "303": 80}}
    with client.chat.completions.stream(model="chat", messages=MESSAGES, **options) as stream:
        parts = [event.delta for event in stream if event.type == "content.delta"]
        choice = stream.get_final_completion().choices[0]
        return [set(parts) <= {"", "h"}, "".join(parts) == choice.message.content, choice.finish_reason]


class Place(pydantic.BaseModel):
    size: Literal["small", "large"]
    river: Literal["Ilm"] | None


class Answer(pydantic.BaseModel):
    known: bool
    place: Place = pydantic.Field(description="Where it is")
    other: Place | None


def parsed():
    """Reads an answer with a schema that the client makes of a class."""
    options = {"temperature": 0, "logit_bias": {"9": -100, "10": -100, "13": -100, "32": -100}}
    answer = client.chat.completions.parse(
        model="chat", messages=MESSAGES, response_format=Answer, max_tokens=300, **options
    )
    choice = answer.choices[0]
    return [isinstance(choice.message.parsed, Answer), choice.finish_reason]


def left():
    """Leaves answers that would take minutes; each has the only place, so that the next one would wait."""
    for _ in range(3):
        stream = chat(stream=True)
        next(iter(stream))
        stream.close()
    return chat(max_tokens=1).choices[0].message.content


def busy():
    """Asks while another answer has the only place and the queue is full."""

    async def ask():
        async with openai.AsyncOpenAI(base_url=base_url, api_key=key, max_retries=0) as other:
            call = other.chat.completions.create
            options = {"model": "chat", "messages": MESSAGES, **CHOICE}
            stream = await call(stream=True, **options)
            others = [asyncio.create_task(call(max_tokens=1, **options)) for _ in range(2)]
            # One of them waits, and the other one is too many.
            [refused], [waiting] = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
            error = refused.exception()
            await stream.close()
            answer = await waiting
            return [type(error).__name__, error.status_code, error.code, answer.choices[0].finish_reason]

    return asyncio.run(ask())


whole = chat(max_completion_tokens=3, logprobs=True, top_logprobs=2, seed=1, top_p=0.9)
text = complete(["ab", "cde"], max_tokens=2, logprobs=1)
vectors = [client.embeddings.create(model="chat", input="hello", encoding_format=it) for it in ("float", "base64")]
default = client.embeddings.create(model="chat", input=["hello", "low"])

print(
    json.dumps(
        {
            "models": [it.id for it in client.models.list()],
            "model": client.models.retrieve("chat").object,
            "chat": [whole.object, whole.choices[0].message.content, whole.choices[0].finish_reason],
            "usage": [whole.usage.prompt_tokens > 2, whole.usage.completion_tokens],
            "probabilities": [[it.token, len(it.top_logprobs)] for it in whole.choices[0].logprobs.content],
            "raw": chat(max_tokens=1, extra_body={"top_k": 5}).choices[0].message.role,
            "streamed": streamed(),
            "accumulated": accumulated(),
            "parsed": parsed(),
            "completions": [it.text for it in text.choices],
            "completionTokens": text.choices[0].logprobs.tokens,
            "completionParts": "".join(it.choices[0].text for it in complete(max_tokens=3, stream=True)),
            "stopped": [chat(stop=["hh"]).choices[0].message.content, chat(stop="h").choices[0].finish_reason],
            "embeddings": [len(it.embedding) for it in default.data],
            "embeddingFormats": max(
                abs(a - b)
                for a, b in zip(vectors[0].data[0].embedding, default.data[0].embedding, strict=True)
            )
            < 1e-6,
            "base64": type(vectors[1].data[0].embedding).__name__,
            "errors": [
                refusal(lambda: chat([])),
                refusal(lambda: chat(presence_penalty=7)),
                refusal(lambda: chat(n=2)),
                refusal(lambda: chat([{"role": "user", "content": "h" * 30_000}])),
                refusal(lambda: complete("h" * 30_000)),
                refusal(lambda: client.models.retrieve("other")),
                refusal(lambda: client.completions.create(model="other", prompt="a")),
                refusal(lambda: client.responses.create(model="chat", input="a")),
                refusal(lambda: client.with_options(api_key="other").models.list()),
            ],
            "left": left(),
            "busy": busy(),
        }
    )
)
