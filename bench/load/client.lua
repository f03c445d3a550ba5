-- Sends one request again and again, and prints what came of it as JSON.
--
--   wrk … -s client.lua URL -- BODY [NAME=VALUE…]

function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.body = file:read("*a")
  file:close()
  wrk.method = "POST"
  for at = 2, #args do
    local name, value = args[at]:match("^([^=]+)=(.*)$")
    wrk.headers[name] = value
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.timeout
  print(string.format(
    '{"answered":%d,"refused":%d,"failures":%d,"p99":%.3f,"duration":%.6f}',
    summary.requests - errors.status,
    errors.status,
    failures,
    latency:percentile(99) / 1000,
    summary.duration / 1e6
  ))
end
