import { PAGE_SCRIPT } from "./page_script.ts";
import { PAGE_STYLE } from "./page_style.ts";

const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>IREE models</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>Models</h1>
<span id="server"></span>
<button id="reload" type="button">Reload</button>
</header>
<form id="token" hidden>
<label>Token <input id="token-text" type="password" autocomplete="off" required></label>
<button type="submit">Use</button>
</form>
<p id="message" role="status"></p>
<main id="models"></main>
<noscript>This page needs JavaScript. <a href="v2/models">The models as JSON</a>.</noscript>
<script type="module">${PAGE_SCRIPT}</script>
</body>
</html>
`;

/**
 * Answers with the page that lists the models and tries them. It has no data of
 * its own, so that it needs no token: its requests do.
 */
export async function pageResponse(): Promise<Response> {
  const policy = [
    "default-src 'none'",
    `script-src '${await sourceHash(PAGE_SCRIPT)}'`,
    `style-src '${await sourceHash(PAGE_STYLE)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return new Response(HTML, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-cache",
    },
  });
}

/** The hash by which a policy allows an inline source. */
async function sourceHash(source: string): Promise<string> {
  const bytes = new TextEncoder().encode(source);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `sha256-${new Uint8Array(digest).toBase64()}`;
}
