// Tests start Deno as `Deno.execPath()`, which the emulator would have to run.
const emulated = Deno.env.get("DEV_EMULATED_DENO");
if (emulated !== undefined) Deno.execPath = () => emulated;
