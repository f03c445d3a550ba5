/** The style of the server's page. */
export const PAGE_STYLE: string = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
header { display: flex; gap: 1rem; align-items: baseline; }
h1 { flex: 1; font-size: 1.4rem; }
h3, h4 { margin: 1rem 0 0.25rem; font-size: 1rem; }
#models > details { border: 1px solid #8886; border-radius: 0.4rem; margin: 0.75rem 0; padding: 0.5rem 1rem; }
#models > details > summary { font-weight: 600; }
ul { margin: 0; padding-left: 1.25rem; }
fieldset { border: 1px solid #8886; border-radius: 0.3rem; margin: 0.5rem 0; }
label { margin-right: 1rem; }
input[type="number"] { width: 6rem; }
textarea { width: 100%; box-sizing: border-box; font-family: monospace; }
pre { max-height: 16rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.25rem 0; padding: 0.5rem; background: #8882; border-radius: 0.3rem; }
output { display: block; margin-top: 0.5rem; }
.error { color: light-dark(#a00, #f88); }
.drawing { display: flex; gap: 1rem; margin-bottom: 0.5rem; }
.drawing label { display: block; margin-bottom: 0.5rem; }
canvas { width: 14rem; height: 14rem; object-fit: contain; background: black; image-rendering: pixelated; touch-action: none; }
`;
